-- A row a document whose open amount, in a list of all that is open, isn't what the landing holds: how much more is
-- open. A document that the list hasn't any more is open with nothing. Without such a list nothing is held, so no rows.
with held as (
    select * from {{ source('flat', 'held') }}
),

items as (
    select
        item_id,
        kind,
        amount
    from {{ ref('flat__items') }}
)

select
    held.document_id as item_id,
    held.document_type as kind,
    held.company_id,
    held.customer_id,
    held.currency_code,
    held.reference,
    held.document_date as item_date,
    held.due_date,
    held.amount,
    held.list_date,
    items.item_id is null as is_gone,
    coalesce(items.amount, 0) - held.open_amount as change
from held
left join items on held.document_id = items.item_id and held.document_type = items.kind
where
    coalesce(items.amount, 0) <> held.open_amount
    -- What is overpaid elsewhere is no open item.
    and (items.item_id is not null or held.open_amount > 0)
