select
    case when kind in ('receipt', 'credit_memo') then kind else 'invoice' end as document_type,
    document_id,
    currency_code,
    source_open_amount as open_amount
from {{ ref('netsuite__documents') }}
where
    kind in ('invoice', 'debit_memo', 'receipt', 'credit_memo')
    and not is_voided
    and not is_deleted
