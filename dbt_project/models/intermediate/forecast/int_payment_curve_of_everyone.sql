with

counts as (

    select * from {{ ref('int_payment_counts') }}

),

bins as (

    select * from {{ ref('payment_lateness_bins') }}

),

summed as (

    select
        bin,
        sum(payments) as payments,
        sum(at_risk_change) as at_risk_change,
        sum(days_of_changes) as days_of_changes
    from counts
    group by bin

),

placed as (

    select
        bins.bin,
        bins.last_day + 1 - bins.first_day as days,
        coalesce(summed.payments, 0) as payments,
        coalesce(summed.at_risk_change, 0) as at_risk_change,
        coalesce(summed.days_of_changes, 0) as days_of_changes
    from bins
    left join summed on bins.bin = summed.bin

),

counted as (

    select
        bin,
        days,
        cast(payments as double) / 1000 as payments,
        cast({{ days_at_risk('days') }} as double) / 1000 as days_at_risk
    from placed

),

-- A tenth of a day at risk, and next to nothing paid on it: a bin in which nothing was seen has a hazard, too.
measured as (

    select
        bin,
        days,
        {{ bounded_hazard('(payments + 0.001) / (days_at_risk + 0.101)') }} as hazard
    from counted

),

final as (

    select
        *,
        {{ log_survival_before() }} as log_survival
    from measured

)

select * from final
