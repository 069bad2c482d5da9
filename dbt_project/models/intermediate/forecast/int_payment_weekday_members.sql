{%- set first_day -%} cast({{ dbt.dateadd('day', -364, as_of_date()) }} as date) {%- endset -%}

with

habits as (

    select * from {{ ref('int_payment_habits') }}

),

ages as (

    select * from {{ ref('int_payment_ages') }}
    where
        is_credit_sale
        and is_paid
        and ended_on >= {{ first_day }}

),

by_weekday as (

    select
        customer_id,
        {{ day_of_week('ended_on') }} as day_of_week,
        count(*) as payments
    from ages
    group by
        customer_id,
        {{ day_of_week('ended_on') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id order by payments desc nulls last, day_of_week asc nulls last
        ) as turn
    from by_weekday

),

-- Whoever pays nearly always on the same one or two days of the week.
payers as (

    select customer_id
    from ranked
    group by customer_id
    having
        sum(payments) >= 12
        and 5 * sum(case when turn <= 2 then payments else 0 end) >= 4 * sum(payments)

),

-- Everybody counts in a group, and whoever pays on fixed days of the week once more as a customer.
final as (

    select
        'group' as curve_of,
        habit_group as curve,
        customer_id
    from habits
    union all
    select
        'customer' as curve_of,
        customer_id as curve,
        customer_id
    from payers

)

select * from final
