with

ages as (

    select * from {{ ref('int_payment_ages') }}
    where is_credit_sale

),

bins as (

    select * from {{ ref('payment_lateness_bins') }}

),

-- Each comes under risk on its first day, and leaves with its last: two changes.
changes as (

    select
        customer_id,
        first_day as day_late,
        weight as at_risk_change,
        0 as paid
    from ages
    union all
    select
        customer_id,
        last_day + 1 as day_late,
        -weight as at_risk_change,
        0 as paid
    from ages
    union all
    select
        customer_id,
        last_day as day_late,
        0 as at_risk_change,
        weight as paid
    from ages
    where is_paid

),

days as (

    select day_late from changes
    group by day_late

),

placed as (

    select
        days.day_late,
        bins.bin,
        bins.last_day
    from days
    inner join bins on days.day_late between bins.first_day and bins.last_day

),

-- Whoever comes or goes within a bin is counted on the days that are left of it.
final as (

    select
        changes.customer_id,
        placed.bin,
        cast(sum(changes.at_risk_change) as bigint) as at_risk_change,
        cast(sum(changes.at_risk_change * (placed.last_day + 1 - changes.day_late)) as bigint) as days_of_changes,
        cast(sum(changes.paid) as bigint) as payments
    from changes
    inner join placed on changes.day_late = placed.day_late
    group by
        changes.customer_id,
        placed.bin

)

select * from final
