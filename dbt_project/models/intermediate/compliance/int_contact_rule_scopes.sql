with

rules as (

    select * from {{ ref('contact_rules') }}

),

channels as (

    {% for channel in var('contact_channels') -%}
        select '{{ channel }}' as channel
        {%- if not loop.last %}
            union all
        {% endif -%}
    {% endfor %}

),

bases as (

    select 'law' as basis
    union all
    select 'policy' as basis

),

final as (

    select
        rules.rule_id,
        channels.channel,
        bases.basis,
        rules.citation,
        position(';' || channels.channel || ';' in ';' || rules.channels || ';') > 0
        and (bases.basis = 'law' or rules.applies_as_policy) as is_in_scope
    from rules
    cross join channels
    cross join bases

)

select * from final
