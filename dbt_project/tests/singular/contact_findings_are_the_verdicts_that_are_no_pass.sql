-- Guards: for each rule and verdict, contact_compliance shows as many contacts as contact_findings explains.
-- Why it matters: a verdict would have no reason, or a reason would belong to a verdict that no longer exists.
-- A row is a rule and verdict, with the number of contacts in each.
with

compliance as (

    {% for rule in var('contact_rule_ids') -%}
        select
            '{{ rule }}' as rule_id,
            {{ rule }} as verdict
        from {{ ref('contact_compliance') }}
        where {{ rule }} not in ('pass', 'not_in_scope')
        {%- if not loop.last %}
            union all
        {% endif -%}
    {% endfor %}

),

findings as (

    select * from {{ ref('contact_findings') }}

),

counted as (

    select
        rule_id,
        verdict,
        1 as shown,
        0 as explained
    from compliance
    union all
    select
        rule_id,
        verdict,
        0 as shown,
        1 as explained
    from findings

)

select
    rule_id,
    verdict,
    sum(shown) as shown,
    sum(explained) as explained
from counted
group by
    rule_id,
    verdict
having sum(shown) <> sum(explained)
