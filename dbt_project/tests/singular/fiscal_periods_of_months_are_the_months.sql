-- Guards: where all fiscal periods are calendar months (no fiscal year is declared, or years of months), their KPIs are
-- those of the months.
-- Why it matters: a KPI by fiscal period would be another figure than the KPI of that name.
-- A row is a KPI of a period that differs: amounts are rounded to 0.0001 and multiplied by up to 366 days. Only in a
-- build of all rows, because the views read the whole ledger.
with

kpis as (

    select * from {{ ref('kpis_by_fiscal_period') }}

),

scorecard as (

    select * from {{ ref('scorecard_monthly') }}

),

periods as (

    select * from {{ ref('dim_fiscal_periods') }}

),

months as (

    select * from {{ ref('dim_months') }}

),

unlike as (

    select count(*) as periods
    from months
    full outer join periods
        on
            months.month_start = periods.period_start
            and months.month_end = periods.period_end
    where
        months.month_end is null
        or periods.period_end is null

)

select
    scorecard.month_end,
    scorecard.scope,
    scorecard.kpi_id,
    scorecard.numerator,
    kpis.numerator as numerator_of_period,
    scorecard.denominator,
    kpis.denominator as denominator_of_period,
    scorecard.reason,
    kpis.reason as reason_of_period
from scorecard
inner join kpis
    on
        scorecard.month_end = kpis.period_end
        and scorecard.scope = kpis.scope
        and scorecard.kpi_id = kpis.kpi_id
cross join unlike
where
    unlike.periods = 0
    and (
        coalesce(abs(scorecard.numerator - kpis.numerator), 0) > 0.05
        or coalesce(abs(scorecard.denominator - kpis.denominator), 0) > 0.0005
        or coalesce(scorecard.reason, '') <> coalesce(kpis.reason, '')
        or (scorecard.value is null) <> (kpis.value is null)
    )
    {% if increments() -%}
        and false
    {%- endif %}
