{%- set typical = 1000 * var('typical_invoices_of_habit') -%}

with

ages as (

    select * from {{ ref('int_payment_ages') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- What is open and past due counts with the days it is late already.
lateness as (

    select
        customer_id,
        is_paid,
        weight,
        habit_weight,
        least(greatest(days_late, -30), 90) as days_late
    from ages
    where
        is_credit_sale
        and (is_paid or (ended_on is null and days_since_due > 0))

),

portfolio as (

    select cast(sum(habit_weight * days_late) as double) / nullif(cast(sum(habit_weight) as double), 0) as days_late
    from lateness

),

summed as (

    select
        customer_id,
        sum(habit_weight) as habit_weight,
        sum(habit_weight * days_late) as weighted_days_late,
        sum(case when is_paid then 1 else 0 end) as paid_invoices,
        sum(case when is_paid then weight else 0 end) as own_invoices
    from lateness
    group by customer_id

),

-- The mean of a customer's own invoices and of some typical ones of everybody's.
drawn_together as (

    select
        customers.customer_id,
        customers.segment,
        coalesce(summed.habit_weight, 0) as habit_weight,
        coalesce(summed.paid_invoices, 0) as paid_invoices,
        coalesce(summed.own_invoices, 0) as own_invoices,
        cast(
            (cast(coalesce(summed.weighted_days_late, 0) as double) + {{ typical }} * coalesce(portfolio.days_late, 0))
            / (cast(coalesce(summed.habit_weight, 0) as double) + {{ typical }}) as decimal(9, 4)
        ) as habit_days_late
    from customers
    cross join portfolio
    left join summed on customers.customer_id = summed.customer_id

),

placed as (

    select
        *,
        sum(habit_weight) over (
            order by habit_days_late asc nulls last, customer_id asc nulls last
            rows between unbounded preceding and current row
        ) as weight_up_to_here,
        sum(habit_weight) over () as weight_of_all
    from drawn_together

),

-- Ten classes of equal weight, from who pays first to who pays last.
classed as (

    select
        *,
        case
            when weight_up_to_here > 0
                then cast(ceil(10 * cast(weight_up_to_here as double) / cast(weight_of_all as double)) as integer)
            else 1
        end as habit_class
    from placed

),

-- A segment's customers of a class stand alone where they have paid enough invoices.
counted as (

    select
        *,
        sum(paid_invoices) over (partition by segment, habit_class) >= {{ var('invoices_of_a_segment_class') }}
            as is_of_segment,
        sum(paid_invoices) over () >= {{ var('payments_a_forecast_needs') }} as has_history
    from classed

),

final as (

    select
        customer_id,
        habit_days_late,
        habit_class,
        case when is_of_segment then segment || ': ' else '' end || cast(habit_class as string) as habit_group,
        cast(paid_invoices as integer) as paid_invoices,
        cast(cast(own_invoices as double) / 1000 as decimal(18, 3)) as own_invoices,
        case when paid_invoices >= 3 then 'customer' when is_of_segment then 'segment' else 'class' end as basis,
        has_history
    from counted

)

select * from final
