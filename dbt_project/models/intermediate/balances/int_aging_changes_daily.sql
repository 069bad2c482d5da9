{{ config(materialized='view') }}

with

increments as (

    select * from {{ ref('int_aging_increments') }}

),

final as (

    select
        date_day,
        company_id,
        segment,
        currency_code,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(sum(aging_{{ bucket }}) as decimal(18, 4)) as aging_{{ bucket }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from increments
    group by
        date_day,
        company_id,
        segment,
        currency_code

)

select * from final
