select
    invoice_id,
    company_id,
    customer_id,
    invoice_number,
    invoice_date,
    coalesce(due_date, invoice_date) as due_date,
    currency_code,
    amount,
    tax_amount,
    due_date is not null as is_credit_sale,
    amount_remaining as source_open_amount,
    case when status = 'void' then coalesce(voided_date, invoice_date) end as voided_date,
    is_deleted
from {{ ref('stripe__documents') }}
