-- Guards: every rule of the seed risk_rules has a feature and a flag that customer_risk has; every flag has its rule.
-- Why it matters: a misspelt feature would never raise a flag; an unknown flag gives points without a reason.
-- A row is a flag or a feature that only the seed has, or a flag that only the project's variable has.
with

rules as (

    select * from {{ ref('risk_rules') }}

),

flags as (

    {% for flag_id in var('risk_flag_ids') -%}
        select '{{ flag_id }}' as flag_id
        {%- if not loop.last %}
            union all
        {% endif -%}
    {% endfor %}

),

features as (

    {% for feature in var('risk_features') -%}
        select '{{ feature }}' as feature
        {%- if not loop.last %}
            union all
        {% endif -%}
    {% endfor %}

)

select
    rules.flag_id as in_seed,
    rules.feature,
    flags.flag_id as in_columns
from rules
full outer join flags on rules.flag_id = flags.flag_id
left join features on rules.feature = features.feature
where
    rules.flag_id is null
    or flags.flag_id is null
    or features.feature is null
