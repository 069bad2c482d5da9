select
    case when amount < 0 then 'credit_memo' else 'invoice' end as document_type,
    invoice_id as document_id,
    currency_code,
    abs(open_amount) as open_amount
from {{ source('flat', 'rows') }}
where open_amount is not null
