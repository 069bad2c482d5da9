-- A row a credit of which a clearing holds more than its invoices took: it was settled by something not in the list.
with items as (
    select * from {{ ref('flat__settled') }}
    where not is_debit
),

used as (
    select
        credit_id,
        mark,
        sum(amount) as amount
    from {{ ref('flat__clearings') }}
    where credit_id is not null
    group by credit_id, mark
)

select
    items.item_id,
    items.kind,
    items.mark,
    items.clearing_date,
    items.amount - coalesce(used.amount, 0) as amount
from items
left join used on items.item_id = used.credit_id and items.mark = used.mark
where items.amount > coalesce(used.amount, 0)
