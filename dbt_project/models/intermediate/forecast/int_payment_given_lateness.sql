with

parts as (

    select * from {{ ref('int_open_parts') }}
    where due_date is not null

),

curves as (

    select * from {{ ref('int_payment_curves') }}

),

bins as (

    select * from {{ ref('payment_lateness_bins') }}

),

logged as (

    select
        curves.customer_id,
        curves.bin,
        bins.first_day,
        bins.last_day,
        curves.log_survival,
        ln(1 - curves.hazard) as log_a_day
    from curves
    inner join bins on curves.bin = bins.bin

),

-- The share of the customer's invoices that are unpaid when they are as late as this one is.
reached as (

    select
        parts.invoice_id,
        parts.due_date,
        parts.customer_id,
        logged.log_survival + (parts.days_since_due + 1 - logged.first_day) * logged.log_a_day + ln(0.5) as log_of_half
    from parts
    inner join logged on parts.customer_id = logged.customer_id
    where parts.days_since_due + 1 between logged.first_day and logged.last_day
    union all
    select
        parts.invoice_id,
        parts.due_date,
        parts.customer_id,
        ln(0.5) as log_of_half
    from parts
    inner join logged on parts.customer_id = logged.customer_id
    where
        logged.bin = 1
        and parts.days_since_due + 1 < logged.first_day

),

-- The day by whose end half of those are paid.
final as (

    select
        reached.invoice_id,
        reached.due_date,
        logged.first_day - 1 + cast(
            ceil((reached.log_of_half - logged.log_survival) / logged.log_a_day - 0.000000001) as integer
        ) as days_late
    from reached
    inner join logged on reached.customer_id = logged.customer_id
    where
        logged.log_survival > reached.log_of_half
        and logged.log_survival + (logged.last_day + 1 - logged.first_day) * logged.log_a_day <= reached.log_of_half

)

select * from final
