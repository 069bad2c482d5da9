-- A row a document: those of the list, with the amount they were landed with first where it is a list of what is open;
-- and those that the list hasn't any more.
select
    items.item_id,
    items.kind,
    items.company_id,
    items.customer_id,
    items.currency_code,
    items.exchange_rate,
    items.reference,
    items.item_date,
    items.due_date,
    coalesce(held.amount, items.amount) as amount
from {{ ref('flat__items') }} as items
left join
    {{ source('flat', 'held') }} as held
    on items.item_id = held.document_id and items.kind = held.document_type

union all

select
    item_id,
    kind,
    company_id,
    customer_id,
    currency_code,
    null,
    reference,
    item_date,
    due_date,
    amount
from {{ ref('flat__changes') }}
where is_gone
