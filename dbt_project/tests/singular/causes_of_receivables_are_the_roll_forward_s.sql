-- Guards: the effect of exchange rates on receivables equals the FX line of the roll-forward, and all causes add up to
-- the change of receivables.
-- Why it matters: a change of the ledger without a cause would be counted as an effect of exchange rates.
-- A row is a month, company and segment in which they differ.
with

causes as (

    select * from {{ ref('int_measure_causes') }}

),

receivables as (

    select * from {{ ref('int_receivables_daily') }}

),

months as (

    select * from {{ ref('int_months') }}

),

explained as (

    select
        month_end,
        company_id,
        segment,
        sum(case when cause = 'currency' then receivables_change else 0 end) as by_currency,
        sum(receivables_change) as by_all
    from causes
    group by month_end, company_id, segment

),

rolled_forward as (

    select
        months.month_end,
        receivables.company_id,
        receivables.segment,
        sum(receivables.fx_difference) as fx_difference,
        sum(receivables.fx_difference + receivables.balance_change_reporting) as value_change
    from receivables
    inner join months on receivables.date_day between months.month_start and months.balance_date
    group by months.month_end, receivables.company_id, receivables.segment

)

select
    rolled_forward.*,
    explained.by_currency,
    explained.by_all
from rolled_forward
left join explained
    on
        rolled_forward.month_end = explained.month_end
        and rolled_forward.company_id = explained.company_id
        and rolled_forward.segment = explained.segment
where
    not coalesce(rolled_forward.fx_difference = explained.by_currency, false)
    or not coalesce(rolled_forward.value_change = explained.by_all, false)
