with parts as (
    select
        items.line_id as instalment_id,
        items.document_id as invoice_id,
        coalesce(items.date_maturity, items.document_date) as due_date,
        items.amount,
        items.updated_at,
        count(*) over (partition by items.document_id) as number_of_parts,
        min(items.amount) over (partition by items.document_id) as least_part
    from {{ ref('odoo__items') }} as items
    inner join {{ ref('odoo__documents') }} as documents on items.document_id = documents.document_id
    where documents.kind = 'invoice'
)

select
    instalment_id,
    invoice_id,
    due_date,
    amount,
    updated_at
from parts
where number_of_parts > 1 and least_part > 0
