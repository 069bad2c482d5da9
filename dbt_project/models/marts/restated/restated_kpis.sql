{%- set key = ['month_end', 'level', 'scope', 'company_id', 'segment', 'team', 'employee_id', 'kpi_id'] -%}

with

published_kpis as (

    select * from {{ ref('int_published_kpis') }}

),

scorecard as (

    select * from {{ ref('scorecard_monthly') }}

),

reported as (

    select
        month_end,
        kpi_id,
        min(frozen_at) as frozen_at
    from published_kpis
    group by
        month_end,
        kpi_id

),

today as (

    select
        scorecard.*,
        reported.frozen_at
    from scorecard
    inner join reported
        on
            scorecard.month_end = reported.month_end
            and scorecard.kpi_id = reported.kpi_id

),

-- If a company, segment or employee is new or deleted, its level exists on one side only.
compared as (

    select
        {% for column in key + ['frozen_at'] -%}
            coalesce(published_kpis.{{ column }}, today.{{ column }}) as {{ column }},
        {% endfor -%}
        published_kpis.value as reported_value,
        published_kpis.numerator as reported_numerator,
        published_kpis.denominator as reported_denominator,
        case when published_kpis.kpi_id is null then 'no_such_level' else published_kpis.reason end
            as reported_reason,
        today.value as restated_value,
        today.numerator as restated_numerator,
        today.denominator as restated_denominator,
        case when today.kpi_id is null then 'no_such_level' else today.reason end as restated_reason
    from published_kpis
    full outer join today
        on
            published_kpis.month_end = today.month_end
            and published_kpis.scope = today.scope
            and published_kpis.kpi_id = today.kpi_id

),

-- A KPI is restated if it has a value on one side only, or if its value, numerator or denominator differs. A KPI
-- reported without data was not reported, so a later value is new. Floating-point numbers are equal if twelve digits
-- agree.
final as (

    select
        *,
        restated_value - reported_value as difference,
        {% for part in ['numerator', 'denominator'] -%}
            coalesce(restated_{{ part }}, 0) - coalesce(reported_{{ part }}, 0) as {{ part }}_difference,
            1e-12 * greatest(1, abs(coalesce(restated_{{ part }}, 0)), abs(coalesce(reported_{{ part }}, 0)))
                as {{ part }}_noise{% if not loop.last %},{% endif %}
        {% endfor %}
    from compared
    where
        (reported_value is not null and restated_value is null)
        or (reported_value is null and restated_value is not null and coalesce(reported_reason, '') <> 'no_data')
        or (
            restated_value is not null
            and (
                {% for part in ['value', 'numerator', 'denominator'] -%}
                    abs(restated_{{ part }} - reported_{{ part }})
                    > 1e-12 * greatest(1, abs(restated_{{ part }}), abs(reported_{{ part }}))
                    {% if not loop.last %}or {% endif -%}
                {% endfor %}
            )
        )

)

select * from final
