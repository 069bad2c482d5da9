select
    invoices.id as invoice_id,
    invoices._company_id as company_id,
    invoices.customer_id,
    invoices.invoice_date,
    invoices.due_date,
    invoices.currency as currency_code,
    invoices.total as amount,
    invoices.is_deleted,
    invoices.updated_at
from {{ source('_template', 'invoice') }} as invoices
where invoices.total > 0 or invoices.is_deleted
