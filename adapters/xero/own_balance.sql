select
    case kind when 'invoice' then 'invoice' when 'receipt' then 'receipt' else 'credit_memo' end as document_type,
    document_id,
    currency_code,
    open_amount
from {{ ref('xero__receivables') }}
where status in ('AUTHORISED', 'PAID')
