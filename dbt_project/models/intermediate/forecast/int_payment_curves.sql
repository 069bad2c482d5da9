{%- set typical = var('typical_invoices_of_group') -%}

with

counts as (

    select * from {{ ref('int_payment_counts') }}

),

habits as (

    select * from {{ ref('int_payment_habits') }}

),

group_curves as (

    select * from {{ ref('int_payment_group_curves') }}

),

-- The curve of a customer is drawn when something of it is open; of too few payments of all no curve is drawn.
owing as (

    select
        habits.customer_id,
        habits.habit_group
    from {{ ref('int_open_parts') }} as parts
    inner join habits on parts.customer_id = habits.customer_id
    where habits.has_history
    group by
        habits.customer_id,
        habits.habit_group

),

placed as (

    select
        owing.customer_id,
        group_curves.bin,
        group_curves.days,
        group_curves.hazard as group_hazard,
        {{ typical }} * {{ typical_days('group_curves.log_survival', 'group_curves.hazard', 'group_curves.days') }}
            as typical_days,
        coalesce(counts.payments, 0) as payments,
        coalesce(counts.at_risk_change, 0) as at_risk_change,
        coalesce(counts.days_of_changes, 0) as days_of_changes
    from owing
    inner join group_curves on owing.habit_group = group_curves.habit_group
    left join counts
        on
            owing.customer_id = counts.customer_id
            and group_curves.bin = counts.bin

),

counted as (

    select
        customer_id,
        bin,
        days,
        group_hazard,
        typical_days,
        cast(payments as double) / 1000 as payments,
        cast({{ days_at_risk('days', 'customer_id') }} as double) / 1000 as days_at_risk
    from placed

),

-- The customer's own invoices, and some typical ones of its group.
blended as (

    select
        customer_id,
        bin,
        days,
        {{ bounded_hazard('(payments + typical_days * group_hazard) / (days_at_risk + typical_days)') }} as hazard
    from counted

),

final as (

    select
        *,
        {{ log_survival_before('customer_id') }} as log_survival
    from blended

)

select * from final
