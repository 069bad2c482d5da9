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

of_everyone as (

    select * from {{ ref('int_payment_weekdays') }}
    where curve_of = 'everyone'

),

of_customers as (

    select * from {{ ref('int_payment_weekdays') }}
    where curve_of = 'customer'

),

-- The days ahead of an open item, from the day after the as-of day on, by bins of days late.
ahead as (

    select
        parts.invoice_id,
        parts.due_date,
        parts.customer_id,
        parts.days_since_due,
        bins.bin,
        greatest(bins.first_day, parts.days_since_due + 1) as first_day,
        bins.last_day,
        -- 70 days are whole weeks, and more than any bin is early.
        case
            when bins.first_day = bins.last_day
                then ({{ day_of_week('parts.due_date') }} + bins.first_day + 70) % 7
        end as day_of_week
    from parts
    inner join bins on parts.days_since_due < bins.last_day

),

weighted as (

    select
        ahead.*,
        ln(
            1 - {{ bounded_hazard('curves.hazard * coalesce(of_customers.factor, of_everyone.factor, 1)') }}
        ) as log_a_day
    from ahead
    inner join curves
        on
            ahead.customer_id = curves.customer_id
            and ahead.bin = curves.bin
    left join of_everyone on ahead.day_of_week = of_everyone.day_of_week
    left join of_customers
        on
            ahead.customer_id = of_customers.curve
            and ahead.day_of_week = of_customers.day_of_week

),

-- Logs of the share unpaid when a bin begins, of what is unpaid on the as-of day.
final as (

    select
        invoice_id,
        due_date,
        days_since_due,
        bin,
        first_day,
        last_day,
        log_a_day,
        coalesce(
            sum((last_day + 1 - first_day) * log_a_day) over (
                partition by invoice_id, due_date order by bin asc nulls last
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as log_before
    from weighted

)

select * from final
