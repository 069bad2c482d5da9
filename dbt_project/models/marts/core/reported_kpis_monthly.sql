with

scorecard as (

    select * from {{ ref('scorecard_monthly') }}

),

published_kpis as (

    select * from {{ ref('int_published_kpis') }}

),

-- The KPIs of a month are reported once, at all levels. A KPI that is registered later is reported from then on.
reported as (

    select distinct
        month_end,
        kpi_id
    from published_kpis

),

newly_frozen as (

    select
        scorecard.month_end,
        scorecard.level,
        scorecard.scope,
        scorecard.company_id,
        scorecard.segment,
        scorecard.team,
        scorecard.employee_id,
        scorecard.kpi_id,
        scorecard.value,
        scorecard.numerator,
        scorecard.denominator,
        scorecard.reason,
        {{ refreshed_at() }} as frozen_at,
        {{ as_of_date() }} as frozen_as_of
    from scorecard
    left join reported
        on
            scorecard.month_end = reported.month_end
            and scorecard.kpi_id = reported.kpi_id
    where
        reported.kpi_id is null
        and cast({{ dbt.dateadd('day', var('close_lag_days'), 'scorecard.month_end') }} as date) <= {{ as_of_date() }}
        -- A build of what was known on another day adds no reported figures.
        {% if given('known_as_of') %}and 1 = 0{% endif %}

),

unioned as (

    select * from published_kpis
    union all
    select * from newly_frozen

)

select * from unioned
