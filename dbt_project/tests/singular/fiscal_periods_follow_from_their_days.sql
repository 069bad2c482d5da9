-- Guards: a fiscal period opens with what the one before closed with, closes with the balance of its last day, and has
-- what its days have.
-- Why it matters: days between two periods, or of both, would be lost or counted twice.
-- A row is a period of the portfolio where one of these differs. Only in a build of all rows.
with

receivables as (

    select * from {{ ref('receivables_by_fiscal_period') }}
    where scope = 'portfolio'

),

periods as (

    select * from {{ ref('dim_fiscal_periods') }}

),

days as (

    select
        date_day,
        sum(closing_balance_reporting) as closing_receivables,
        sum(case when invoiced = 0 then 0 else cast(invoiced as decimal(28, 4)) * exchange_rate end) as invoiced
    from {{ ref('receivables_daily') }}
    group by date_day

),

summed as (

    select
        periods.period_end,
        sum(case when days.date_day = periods.balance_date then days.closing_receivables else 0 end)
            as closing_receivables,
        sum(days.invoiced) as invoiced,
        count(*) as days
    from periods
    inner join days on days.date_day between periods.period_start and periods.balance_date
    group by periods.period_end

),

compared as (

    select
        receivables.period_end,
        receivables.days,
        summed.days as days_of_history,
        receivables.opening_receivables,
        lag(receivables.closing_receivables) over (order by receivables.period_end asc nulls last) as closed_before,
        receivables.closing_receivables,
        summed.closing_receivables as closing_of_last_day,
        receivables.invoiced,
        summed.invoiced as invoiced_on_days
    from receivables
    inner join summed on receivables.period_end = summed.period_end

)

select * from compared
where
    (
        abs(opening_receivables - coalesce(closed_before, opening_receivables)) > 0.001
        or abs(closing_receivables - closing_of_last_day) > 0.01
        or abs(invoiced - invoiced_on_days) > 0.001
        or (closed_before is not null and days <> days_of_history)
    )
    {% if increments() -%}
        and false
    {%- endif %}
