-- A row an invoice and what of a clearing it was settled by: both sides of a clearing are laid end to end, the invoices
-- in order of their due dates, and where they overlap one pays the other. What debits have and credits don't was
-- settled by something that isn't in the list.
with items as (
    select * from {{ ref('flat__settled') }}
),

laid as (
    select
        items.*,
        sum(amount) over in_turn - amount as starts_at,
        sum(amount) over in_turn as ends_at
    from items
    window in_turn as (
        partition by clearing_id, mark, is_debit
        order by coalesce(due_date, item_date), item_date, item_id
    )
),

credited as (
    select
        clearing_id,
        mark,
        sum(amount) as amount
    from items
    where not is_debit
    group by clearing_id, mark
)

select
    debits.mark,
    debits.item_id as invoice_id,
    debits.company_id,
    debits.customer_id,
    debits.currency_code,
    credits.item_id as credit_id,
    credits.kind as credit_kind,
    debits.clearing_date,
    least(debits.ends_at, credits.ends_at) - greatest(debits.starts_at, credits.starts_at) as amount
from laid as debits
inner join laid as credits
    on
        debits.clearing_id = credits.clearing_id
        and debits.mark = credits.mark
        and debits.starts_at < credits.ends_at
        and debits.ends_at > credits.starts_at
where debits.is_debit and not credits.is_debit

union all

select
    debits.mark,
    debits.item_id,
    debits.company_id,
    debits.customer_id,
    debits.currency_code,
    null,
    'cleared',
    debits.clearing_date,
    debits.ends_at - greatest(debits.starts_at, coalesce(credited.amount, 0))
from laid as debits
left join credited on debits.clearing_id = credited.clearing_id and debits.mark = credited.mark
where debits.is_debit and debits.ends_at > coalesce(credited.amount, 0)
