{#- Errors are better when they are small. -#}
{%- set is_error -%}
    measure in ('mae_days', 'brier_late_0', 'brier_late_30', 'wape_cash_4w', 'wape_cash_13w')
{%- endset -%}

with

scores as (

    select * from {{ ref('int_forecast_scores') }}

),

ranks as (

    select * from {{ ref('int_forecast_ranks') }}

),

pairs as (

    select
        as_of_date,
        scope,
        'auc_late_' || cast(late_by as string) as measure,
        {% for of, value in [('forecast', 'value'), ('baseline', 'baseline_value')] -%}
            cast(sum(case when probability_of = '{{ of }}' then pairs_twice end) as double)
            / nullif(
                cast(sum(case when probability_of = '{{ of }}' then late end) as double)
                * cast(sum(case when probability_of = '{{ of }}' then in_time end) as double) * 2, 0
            ) as {{ value }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from ranks
    group by
        as_of_date,
        scope,
        late_by

),

unioned as (

    select
        scores.*,
        cast(0 as integer) as tenth,
        cast(null as double) as said
    from scores
    union all
    select
        scores.as_of_date,
        scores.scope,
        replace(scores.measure, 'brier', 'auc') as measure,
        scores.n,
        scores.n_open_still,
        pairs.value,
        pairs.baseline_value,
        0 as tenth,
        null as said
    from scores
    left join pairs
        on
            scores.as_of_date = pairs.as_of_date
            and scores.scope = pairs.scope
            and replace(scores.measure, 'brier', 'auc') = pairs.measure
    where scores.measure like 'brier%'
    union all
    select
        as_of_date,
        scope,
        'late_' || cast(late_by as string) || '_by_tenth' as measure,
        cast(late + in_time as integer) as n,
        null as n_open_still,
        cast(late as double) / cast(late + in_time as double) as value,
        null as baseline_value,
        tenth,
        cast(probability_sum as double) / cast(late + in_time as double) as said
    from ranks
    where probability_of = 'forecast'

),

-- Skill is the part of the baseline's error that is avoided. What was paid early, of much that is open, is no verdict.
final as (

    select
        as_of_date,
        scope,
        measure,
        tenth,
        n,
        n_open_still,
        value,
        baseline_value,
        case when {{ is_error }} then 1 - value / nullif(baseline_value, 0) end as skill,
        case when {{ is_error }} and n >= 4 * n_open_still then value < baseline_value end as beats_baseline,
        said,
        case
            when value is not null then null
            when n_open_still > 0 then 'too_early'
            else 'no_outcomes'
        end as reason
    from unioned

)

select * from final
