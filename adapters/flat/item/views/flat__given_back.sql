-- A row a credit of which a clearing holds more than its invoices took: it was settled by something not in the list.
with items as (
    select * from {{ ref('flat__items') }}
    where clearing_id is not null and not is_debit
),

used as (
    select
        credit_id,
        sum(amount) as amount
    from {{ ref('flat__clearings') }}
    where credit_id is not null
    group by credit_id
)

select
    items.item_id,
    items.kind,
    items.clearing_date,
    items.amount - coalesce(used.amount, 0) as amount
from items
left join used on items.item_id = used.credit_id
where items.amount > coalesce(used.amount, 0)
