select
    case when kind in ('receipt', 'credit_memo') then kind else 'invoice' end as document_type,
    document_id,
    currency_code,
    source_open_amount as open_amount
from {{ ref('odoo__documents') }}
where
    kind in ('invoice', 'debit_memo', 'receipt', 'credit_memo')
    and voided_date is null
