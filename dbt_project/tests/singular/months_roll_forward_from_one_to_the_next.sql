-- Guards: a month's roll-forward begins with the closing balance of the month before, and ends with the receivables of
-- DSO.
-- Why it matters: each single month would add up, but the months would not follow from each other.
-- A row is a month and scope of the roll-forward that begins or ends differently, or that only one of the marts has.
with

rollforward as (

    select * from {{ ref('receivables_rollforward_monthly') }}

),

dso as (

    select * from {{ ref('dso_monthly') }}

),

chained as (

    select
        month_end,
        scope,
        opening_receivables,
        closing_receivables,
        lag(closing_receivables) over (partition by scope order by month_end asc nulls last) as closing_before
    from rollforward

)

select
    chained.*,
    dso.receivables,
    dso.month_end as month_end_of_dso,
    dso.scope as scope_of_dso
from chained
full outer join dso on chained.month_end = dso.month_end and chained.scope = dso.scope
where
    not coalesce(chained.opening_receivables = coalesce(chained.closing_before, 0), false)
    or not coalesce(chained.closing_receivables = dso.receivables, false)
