{#- An increment sums up customers that moved only: filtered by what reads it, all would be summed up first. -#}
{{ config(materialized='view') }}

with

increments as (

    select * from {{ ref('int_customer_aging_increments') }}
    where {{ this_run(ref('int_customers_this_run'), 'customer_id') }}

),

final as (

    select
        month_end,
        company_id,
        customer_id,
        currency_code,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(sum(aging_{{ bucket }}) as decimal(18, 4)) as aging_{{ bucket }},
        {% endfor -%}
        cast(sum(unapplied_credits) as decimal(18, 4)) as unapplied_credits
    from increments
    group by
        month_end,
        company_id,
        customer_id,
        currency_code

)

select * from final
