with

features as (

    select * from {{ ref('int_risk_features') }}

),

rules as (

    select * from {{ ref('risk_rules') }}

),

looked_at as (

    select
        features.customer_id,
        rules.flag_id,
        rules.feature,
        rules.threshold,
        rules.points,
        rules.reason,
        case
            {%- for feature in var('risk_features') %}
                when rules.feature = '{{ feature }}' then cast(features.{{ feature }} as double)
            {%- endfor %}
        end as feature_value
    from features
    cross join rules

),

-- An unknown value raises no flag. If several thresholds of one feature are reached, the highest one counts.
reached as (

    select
        *,
        row_number() over (partition by customer_id, feature order by threshold desc nulls last) as step
    from looked_at
    where feature_value >= threshold

),

final as (

    select
        customer_id,
        flag_id,
        feature_value,
        points,
        replace(
            replace(reason, '{value}', cast(cast(floor(feature_value + 0.5) as bigint) as string)),
            '{percent}',
            cast(cast(floor(100 * feature_value + 0.5) as bigint) as string)
        ) as reason
    from reached
    where step = 1

)

select * from final
