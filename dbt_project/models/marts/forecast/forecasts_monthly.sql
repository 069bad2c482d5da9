{%- set measures = ['expected_cash_30d', 'cash_at_risk_30d', 'forecasts_scored', 'days_off'] -%}
{%- set closed_on -%} cast({{ dbt.dateadd('day', var('close_lag_days'), 'month_end') }} as date) {%- endset -%}

with

months as (

    select * from {{ ref('int_months') }}

),

frozen as (

    select
        *,
        {{ last_month_end('as_of_date') }} as month_end
    from {{ ref('frozen_forecasts') }}

),

todays as (

    select
        *,
        cast({{ dbt.last_day('as_of_date', 'month') }} as date) as month_end
    from {{ ref('payment_forecast') }}
    where basis is not null

),

errors as (

    select * from {{ ref('int_forecast_errors_monthly') }}

),

-- A month that is over has what was frozen at its end, if it was by the day its figures are closed, and never what is
-- forecast later; the month that runs has today's forecast.
stacked as (

    {% for forecasts, condition in [('frozen', 'as_of_date <= ' ~ closed_on), ('todays', 'as_of_date < month_end')] -%}
        select
            month_end,
            company_id,
            segment,
            as_of_date as forecast_date,
            expected_cash_30d,
            case when p_late_30 >= {{ var('likely_from') }} then expected_cash_30d end as cash_at_risk_30d,
            0 as forecasts_scored,
            0 as days_off
        from {{ forecasts }}
        where {{ condition }}
        union all
    {% endfor -%}
    select
        month_end,
        company_id,
        segment,
        cast(null as date) as forecast_date,
        0 as expected_cash_30d,
        0 as cash_at_risk_30d,
        forecasts_scored,
        days_off
    from errors

),

rolled_up as (

    select
        month_end,
        company_id,
        segment,
        {{ level_of() }} as level,
        {{ scope_of() }} as scope,
        max(forecast_date) as forecast_date,
        {% for measure in measures -%}
            sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from stacked
    group by grouping sets (
        (month_end),
        (month_end, company_id),
        (month_end, segment),
        (month_end, company_id, segment)
    )

),

final as (

    select
        rolled_up.month_end,
        rolled_up.level,
        rolled_up.scope,
        rolled_up.company_id,
        rolled_up.segment,
        rolled_up.forecast_date,
        {% for amount in ['expected_cash_30d', 'cash_at_risk_30d'] -%}
            cast(case when rolled_up.forecast_date is not null then rolled_up.{{ amount }} end as decimal(18, 4))
                as {{ amount }},
        {% endfor -%}
        cast(rolled_up.forecasts_scored as bigint) as forecasts_scored,
        cast(rolled_up.days_off as bigint) as days_off,
        case
            when rolled_up.forecast_date is not null and rolled_up.expected_cash_30d > 0
                then cast(rolled_up.cash_at_risk_30d as double) / cast(rolled_up.expected_cash_30d as double)
        end as cash_at_risk_share,
        cast(rolled_up.days_off as double) / nullif(cast(rolled_up.forecasts_scored as double), 0) as forecast_error,
        case when rolled_up.forecast_date is null then 'no_forecast' end as reason,
        case
            when rolled_up.forecast_date is null then 'no_forecast'
            when rolled_up.expected_cash_30d <= 0 then 'no_expected_cash'
        end as reason_share,
        case when rolled_up.forecasts_scored = 0 then 'no_outcomes' end as reason_error,
        months.is_complete
    from rolled_up
    inner join months on rolled_up.month_end = months.month_end

)

select * from final
