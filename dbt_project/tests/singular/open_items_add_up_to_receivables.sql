-- Guards: open items add up to the daily balance of the as-of day: the balance, its past-due part, and credits.
-- Why it matters: nobody can defend a list of open items that does not add up to the balance.
-- A row is a company, segment and currency in which they differ; in reporting currency by more than an item's rounding.
with

items as (

    select * from {{ ref('open_items') }}

),

receivables as (

    select * from {{ ref('receivables_daily') }}
    where date_day = {{ as_of_date() }}

),

added_up as (

    select
        company_id,
        segment,
        currency_code,
        count(*) as item_count,
        sum(balance) as balance,
        sum(past_due_balance) as past_due_balance,
        sum(case when item_type <> 'invoice' then balance else 0 end) as credits,
        sum(balance_reporting) as balance_reporting
    from items
    group by company_id, segment, currency_code

)

select
    added_up.*,
    receivables.closing_balance,
    receivables.unapplied_credits,
    receivables.closing_balance_reporting
from added_up
full outer join receivables
    on
        added_up.company_id = receivables.company_id
        and added_up.segment = receivables.segment
        and added_up.currency_code = receivables.currency_code
where
    coalesce(added_up.balance, 0) <> coalesce(receivables.closing_balance, 0)
    or coalesce(added_up.past_due_balance, 0) <> coalesce({{ aging_of('past_due', 'receivables') }}, 0)
    or coalesce(added_up.credits, 0) <> coalesce(receivables.unapplied_credits, 0)
    or abs(coalesce(added_up.balance_reporting, 0) - coalesce(receivables.closing_balance_reporting, 0))
    > 0.0001 * (1 + coalesce(added_up.item_count, 0))
