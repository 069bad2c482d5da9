{#- Of each measure: which items it is of, and what is added up of them, for the forecast and for the baseline. -#}
{%- set squared -%} cast(pow({} - {}, 2) as decimal(18, 12)) {%- endset -%}
{%- set measures = [
    ('mae_days', 'error', 'abs(error)', 'abs(baseline_error)'),
    ('bias_days', 'error', 'error', 'baseline_error'),
    ('within_7_days', 'error', 'case when abs(error) <= 7 then 1 else 0 end',
        'case when abs(baseline_error) <= 7 then 1 else 0 end'),
    ('coverage_p10_p90', 'is_in_interval', 'is_in_interval', none),
    ('brier_late_0', 'was_late_0', squared.format('p_late_0', 'was_late_0'),
        squared.format('baseline_p_late_0', 'was_late_0')),
    ('brier_late_30', 'was_late_30', squared.format('p_late_30', 'was_late_30'),
        squared.format('baseline_p_late_30', 'was_late_30')),
] -%}

with

outcomes as (

    select * from {{ ref('int_forecast_outcomes') }}

),

cash as (

    select * from {{ ref('int_cash_forecasts_scored') }}

),

summed as (

    select
        as_of_date,
        {% for measure, of_items, total, baseline_total in measures -%}
            count({{ of_items }}) as n_{{ measure }},
            sum({{ of_items }}_to_come) as n_open_still_{{ measure }},
            sum(case when {{ of_items }} is not null then {{ total }} end) as total_{{ measure }},
            {% if baseline_total -%}
                sum(case when {{ of_items }} is not null then {{ baseline_total }} end) as baseline_{{ measure }},
            {% endif -%}
        {% endfor -%}
        case
            when grouping(company_id) = 0 then 'company:' || company_id
            when grouping(segment) = 0 then 'segment:' || segment
            else 'portfolio'
        end as scope
    from outcomes
    group by grouping sets ((as_of_date), (as_of_date, company_id), (as_of_date, segment))

),

weekly as (

    {% for weeks in [4, 13] -%}
        select
            as_of_date,
            scope,
            {{ weeks }} as weeks,
            cast(count(*) as integer) as n,
            cast(nullif(sum(cash), 0) as double) as cash,
            sum(abs(from_open_items - cash)) as total_error,
            sum(abs(baseline_from_open_items - cash)) as baseline_error,
            sum(case when cash between p10 and p90 then 1 else 0 end) as weeks_within
        from cash
        where week <= {{ weeks }}
        group by
            as_of_date,
            scope
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

-- Of cash, n counts the weeks that are over, and n_open_still those that aren't.
final as (

    {% for measure, of_items, total, baseline_total in measures -%}
        select
            as_of_date,
            scope,
            '{{ measure }}' as measure,
            cast(n_{{ measure }} as integer) as n,
            cast(n_open_still_{{ measure }} as integer) as n_open_still,
            cast(total_{{ measure }} as double) / nullif(n_{{ measure }}, 0) as value,
            {% if baseline_total -%}
                cast(baseline_{{ measure }} as double) / nullif(n_{{ measure }}, 0) as baseline_value
            {%- else -%}
                cast(null as double) as baseline_value
            {%- endif %}
        from summed
        union all
    {% endfor -%}
    select
        as_of_date,
        scope,
        'wape_cash_' || cast(weeks as string) || 'w' as measure,
        n,
        weeks - n as n_open_still,
        case when n = weeks then cast(total_error as double) / cash end as value,
        case when n = weeks then cast(baseline_error as double) / cash end as baseline_value
    from weekly
    union all
    select
        as_of_date,
        scope,
        'coverage_cash' as measure,
        n,
        weeks - n as n_open_still,
        cast(weeks_within as double) / n as value,
        cast(null as double) as baseline_value
    from weekly
    where weeks = 13

)

select * from final
