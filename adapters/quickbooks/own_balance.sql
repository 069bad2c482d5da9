-- QuickBooks has no open amount of a journal's lines: they have none here, and aren't compared.
select
    case
        when kind in ('invoice', 'debit_memo', 'opening_balance') then 'invoice'
        when kind = 'receipt' then 'receipt'
        else 'credit_memo'
    end as document_type,
    document_id,
    currency_code,
    open_amount
from {{ ref('quickbooks__documents') }}
where not is_deleted and not is_voided
