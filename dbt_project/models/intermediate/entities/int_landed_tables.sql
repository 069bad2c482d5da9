{%- set tables = {
    'adjustments': ref('stg_ar__adjustments'),
    'disputes': ref('stg_ar__disputes'),
    'receipts': ref('stg_payments__receipts'),
    'applications': ref('stg_payments__applications'),
    'activities': ref('stg_collections__activities'),
    'promises': ref('stg_collections__promises'),
    'cases': ref('stg_collections__cases'),
    'surveys': ref('stg_collections__surveys'),
} -%}

with

counted as (

    {% for table, relation in tables.items() -%}
        select
            '{{ table }}' as table_name,
            count(*) as records
        from {{ relation }}
        {%- if not loop.last %}
            union all
        {% endif -%}
    {%- endfor %}

),

-- If a source leaves a table out, counts and sums of it are unknown, not zero.
final as (

    select
        {% for table in tables -%}
            sum(case when table_name = '{{ table }}' then records else 0 end) > 0 as has_{{ table }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from counted

)

select * from final
