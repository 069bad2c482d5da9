{%- set typical = var('typical_invoices_of_portfolio') -%}

with

counts as (

    select * from {{ ref('int_payment_counts') }}

),

habits as (

    select * from {{ ref('int_payment_habits') }}

),

curve_of_everyone as (

    select * from {{ ref('int_payment_curve_of_everyone') }}

),

habit_groups as (

    select habit_group from habits
    group by habit_group

),

summed as (

    select
        habits.habit_group,
        counts.bin,
        sum(counts.payments) as payments,
        sum(counts.at_risk_change) as at_risk_change,
        sum(counts.days_of_changes) as days_of_changes
    from counts
    inner join habits on counts.customer_id = habits.customer_id
    group by
        habits.habit_group,
        counts.bin

),

placed as (

    select
        habit_groups.habit_group,
        curve_of_everyone.bin,
        curve_of_everyone.days,
        curve_of_everyone.hazard as hazard_of_everyone,
        {{ typical }} * {{ typical_days(
            'curve_of_everyone.log_survival', 'curve_of_everyone.hazard', 'curve_of_everyone.days'
        ) }} as typical_days,
        coalesce(summed.payments, 0) as payments,
        coalesce(summed.at_risk_change, 0) as at_risk_change,
        coalesce(summed.days_of_changes, 0) as days_of_changes
    from habit_groups
    cross join curve_of_everyone
    left join summed
        on
            habit_groups.habit_group = summed.habit_group
            and curve_of_everyone.bin = summed.bin

),

counted as (

    select
        habit_group,
        bin,
        days,
        hazard_of_everyone,
        typical_days,
        cast(payments as double) / 1000 as payments,
        cast({{ days_at_risk('days', 'habit_group') }} as double) / 1000 as days_at_risk
    from placed

),

-- The group's own invoices, and some typical ones of everyone's.
blended as (

    select
        habit_group,
        bin,
        days,
        {{ bounded_hazard('(payments + typical_days * hazard_of_everyone) / (days_at_risk + typical_days)') }} as hazard
    from counted

),

final as (

    select
        *,
        {{ log_survival_before('habit_group') }} as log_survival
    from blended

)

select * from final
