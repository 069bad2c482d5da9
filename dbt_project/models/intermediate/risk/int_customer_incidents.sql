{%- set next_day = dbt.dateadd('day', 1, as_of_date()) -%}
{%- set first_day_12m -%} cast({{ dbt.dateadd('month', -12, next_day) }} as date) {%- endset -%}

with

promises as (

    select * from {{ ref('int_promises_kept') }}

),

disputes as (

    select * from {{ ref('int_disputes') }}

),

unioned as (

    select
        customer_id,
        1 as broken_promises,
        0 as open_disputes
    from promises
    where
        due_date >= {{ first_day_12m }}
        and not is_kept
    union all
    select
        customer_id,
        0 as broken_promises,
        1 as open_disputes
    from disputes
    where closed_date is null

),

final as (

    select
        customer_id,
        sum(broken_promises) as broken_promises,
        sum(open_disputes) as open_disputes
    from unioned
    group by customer_id

)

select * from final
