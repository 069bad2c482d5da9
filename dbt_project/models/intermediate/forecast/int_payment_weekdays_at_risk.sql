with

ages as (

    select * from {{ ref('int_payment_ages') }}
    where
        is_credit_sale
        and last_day >= days_since_due - 364

),

members as (

    select * from {{ ref('int_payment_weekday_members') }}

),

bins as (

    select * from {{ ref('payment_lateness_bins') }}
    where first_day = last_day

),

first_bin as (

    select min(first_day) as first_day
    from bins

),

placed as (

    select
        members.curve_of,
        members.curve,
        {{ day_of_week('ages.due_date') }} as due_weekday,
        greatest(ages.first_day, ages.days_since_due - 364) as first_day,
        ages.last_day,
        case when ages.is_paid then 1 else 0 end as paid
    from ages
    inner join members on ages.customer_id = members.customer_id

),

-- What came under risk before the single days begin is at risk on the first of them.
moves as (

    {% for day, came, paid in [('first_day', 1, 0), ('last_day + 1', -1, 0), ('last_day', 0, 'paid')] -%}
        select
            placed.curve_of,
            placed.curve,
            placed.due_weekday,
            greatest(placed.{{ day }}, first_bin.first_day) as day_late,
            {{ came }} as net,
            case when placed.{{ day }} >= first_bin.first_day then {{ paid }} else 0 end as payments
        from placed
        cross join first_bin
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

summed as (

    select
        curve_of,
        curve,
        due_weekday,
        day_late,
        sum(net) as net,
        sum(payments) as payments
    from moves
    group by
        curve_of,
        curve,
        due_weekday,
        day_late

),

due_weekdays as (

    select
        curve_of,
        curve,
        due_weekday
    from summed
    group by
        curve_of,
        curve,
        due_weekday

),

final as (

    select
        due_weekdays.curve_of,
        due_weekdays.curve,
        bins.bin,
        -- 70 days are whole weeks, and more than any bin is early.
        (due_weekdays.due_weekday + bins.first_day + 70) % 7 as day_of_week,
        coalesce(summed.payments, 0) as payments,
        sum(coalesce(summed.net, 0)) over (
            partition by due_weekdays.curve_of, due_weekdays.curve, due_weekdays.due_weekday
            order by bins.first_day asc nulls last
            rows between unbounded preceding and current row
        ) as at_risk
    from due_weekdays
    cross join bins
    left join summed
        on
            due_weekdays.curve_of = summed.curve_of
            and due_weekdays.curve = summed.curve
            and due_weekdays.due_weekday = summed.due_weekday
            and bins.first_day = summed.day_late

)

select * from final
