{#- Kept while a build that failed is repeated: what its first try made of a customer has to be made again. -#}
{{ config(materialized='incremental', pre_hook="{{ forget('not ' ~ is_of_this_build('changed_in')) }}") }}

with

aging_increments as (

    select * from {{ ref('int_customer_aging_increments') }}
    where {{ is_of_this_build('changed_in') }}

),

count_increments as (

    select * from {{ ref('int_count_increments') }}
    where {{ is_of_this_build('changed_in') }}

),

unioned as (

    select
        customer_id,
        month_end
    from aging_increments
    union all
    select
        customer_id,
        month_end
    from count_increments

),

moved as (

    select
        customer_id,
        min(month_end) as from_month_end
    from unioned
    group by customer_id

),

final as (

    select
        customer_id,
        from_month_end,
        '{{ this_build() }}' as changed_in
    from moved
    {% if increments() -%}
        where
            not exists (
                select 1 from {{ this }} as there
                where there.customer_id = moved.customer_id and there.from_month_end <= moved.from_month_end
            )
    {%- endif %}

)

select * from final
