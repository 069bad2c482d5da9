{%- set typical = var('typical_payments_of_a_weekday') -%}
{#- As a decimal: a hazard has eight of them, and half a millionth is rounded otherwise by each engine in doubles. -#}
{%- set at_risk -%} cast(at_risk.at_risk as integer) {%- endset -%}

with

at_risk as (

    select * from {{ ref('int_payment_weekdays_at_risk') }}

),

group_curves as (

    select * from {{ ref('int_payment_group_curves') }}

),

curves as (

    select * from {{ ref('int_payment_curves') }}

),

-- Payments that a curve, which knows no weekdays, would have expected.
expected as (

    select
        'everyone' as curve_of,
        'everyone' as curve,
        at_risk.day_of_week,
        at_risk.payments,
        cast({{ at_risk }} * cast(group_curves.hazard as decimal(9, 8)) as decimal(18, 6)) as expected_payments
    from at_risk
    inner join group_curves
        on
            at_risk.curve = group_curves.habit_group
            and at_risk.bin = group_curves.bin
    where at_risk.curve_of = 'group'
    union all
    select
        at_risk.curve_of,
        at_risk.curve,
        at_risk.day_of_week,
        at_risk.payments,
        cast({{ at_risk }} * cast(curves.hazard as decimal(9, 8)) as decimal(18, 6)) as expected_payments
    from at_risk
    inner join curves
        on
            at_risk.curve = curves.customer_id
            and at_risk.bin = curves.bin
    where at_risk.curve_of = 'customer'

),

summed as (

    select
        curve_of,
        curve,
        day_of_week,
        sum(payments) as payments,
        sum(expected_payments) as expected_payments
    from expected
    group by
        curve_of,
        curve,
        day_of_week

),

of_everyone as (

    select
        curve_of,
        curve,
        day_of_week,
        cast(payments as integer) as payments,
        expected_payments,
        cast(
            (cast(payments as double) + {{ typical }}) / (cast(expected_payments as double) + {{ typical }})
            as decimal(9, 6)
        ) as factor
    from summed
    where curve_of = 'everyone'

),

-- A customer's own weekdays, and some payments that are spread over the week as everybody's.
final as (

    select * from of_everyone
    union all
    select
        summed.curve_of,
        summed.curve,
        summed.day_of_week,
        cast(summed.payments as integer) as payments,
        summed.expected_payments,
        cast(
            (cast(summed.payments as double) + {{ typical }} * of_everyone.factor)
            / (cast(summed.expected_payments as double) + {{ typical }}) as decimal(9, 6)
        ) as factor
    from summed
    inner join of_everyone on summed.day_of_week = of_everyone.day_of_week
    where summed.curve_of = 'customer'

)

select * from final
