{#- Days before and after the due date, closer to each other where most is paid. -#}
{%- set days_shown = [-21, -14, -7, -3, 0, 3, 7, 14, 21, 30, 45, 60, 90] -%}
{%- set share_paid -%} 1 - exp({0}.log_survival + shown.days_into_bin * ln(1 - {0}.hazard)) {%- endset -%}

with

of_everyone as (

    select * from {{ ref('int_payment_curve_of_everyone') }}

),

of_groups as (

    select * from {{ ref('int_payment_group_curves') }}

),

of_customers as (

    select * from {{ ref('int_payment_curves') }}

),

habits as (

    select * from {{ ref('int_payment_habits') }}

),

bins as (

    select * from {{ ref('payment_lateness_bins') }}

),

days as (

    {% for day in days_shown -%}
        select {{ day }} as days_late
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

shown as (

    select
        days.days_late,
        bins.bin,
        days.days_late + 1 - bins.first_day as days_into_bin
    from days
    inner join bins on days.days_late between bins.first_day and bins.last_day

),

final as (

    select
        of_customers.customer_id,
        cast(shown.days_late as integer) as days_late,
        cast({{ share_paid.format('of_customers') }} as double) as share_paid,
        cast({{ share_paid.format('of_groups') }} as double) as share_paid_of_group,
        cast({{ share_paid.format('of_everyone') }} as double) as share_paid_of_everyone
    from shown
    inner join of_everyone on shown.bin = of_everyone.bin
    inner join of_customers on shown.bin = of_customers.bin
    inner join habits on of_customers.customer_id = habits.customer_id
    inner join of_groups
        on
            shown.bin = of_groups.bin
            and habits.habit_group = of_groups.habit_group

)

select * from final
