{#- Kept while a failed build is repeated, because the customers of its first try must be built again. -#}
{{ config(materialized='incremental', incremental_strategy='collect', unique_key=['customer_id', 'from_month_end']) }}

with

aging_increments as (

    select * from {{ ref('int_customer_aging_increments') }}
    where {{ is_of_this_run('changed_in') }}

),

count_increments as (

    select * from {{ ref('int_count_increments') }}
    where {{ is_of_this_run('changed_in') }}

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
        '{{ this_run_id() }}' as changed_in
    from moved

)

select * from final
