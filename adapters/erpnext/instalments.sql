-- Only where they add up to what is receivable of the invoice.
with parts as (
    select
        schedules.name as instalment_id,
        documents.document_id as invoice_id,
        schedules.due_date,
        schedules.payment_amount as amount,
        documents.updated_at,
        sum(schedules.payment_amount) over (partition by documents.document_id) as all_parts,
        count(*) over (partition by documents.document_id) as number_of_parts,
        documents.amount as invoice_amount
    from {{ source('erpnext', 'payment_schedule') }} as schedules
    inner join {{ ref('erpnext__documents') }} as documents on schedules.parent = documents.document_id
    where coalesce(schedules.parenttype, 'Sales Invoice') = 'Sales Invoice' and documents.kind = 'invoice'
)

select
    instalment_id,
    invoice_id,
    due_date,
    amount,
    updated_at
from parts
where all_parts = invoice_amount and number_of_parts > 1
