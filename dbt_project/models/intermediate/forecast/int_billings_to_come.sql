with

billings as (

    select * from {{ ref('int_billings_of_13_weeks') }}

),

curves as (

    select * from {{ ref('int_payment_group_curves') }}

),

bins as (

    select * from {{ ref('payment_lateness_bins') }}

),

weeks as (

    {% for week in range(-12, 13) -%}
        select {{ week }} as weeks_later
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

-- An invoice is taken as issued in the middle of a week. Days late of the day before its issue, of the last day before
-- a week, and of the week's last day.
dated as (

    select distinct
        billings.habit_group,
        billings.issued_late,
        weeks.weeks_later,
        billings.issued_late - 1 as day_issued,
        greatest(billings.issued_late + 7 * weeks.weeks_later - 4, billings.issued_late - 1) as day_before,
        greatest(billings.issued_late + 7 * weeks.weeks_later + 3, billings.issued_late - 1) as day_after
    from billings
    cross join weeks

),

-- Before the curve begins nothing is paid, and after it nothing more.
logged as (

    select
        dated.habit_group,
        dated.issued_late,
        dated.weeks_later,
        {% for day in ['issued', 'before', 'after'] -%}
            min(
                case
                    when dated.day_{{ day }} < bins.first_day then 0
                    else
                        curves.log_survival
                        + (least(dated.day_{{ day }}, bins.last_day) + 1 - bins.first_day) * ln(1 - curves.hazard)
                end
            ) as log_{{ day }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from dated
    inner join curves on dated.habit_group = curves.habit_group
    inner join bins on curves.bin = bins.bin
    group by
        dated.habit_group,
        dated.issued_late,
        dated.weeks_later

),

paid as (

    select
        habit_group,
        issued_late,
        weeks_later,
        cast(exp(log_before - log_issued) - exp(log_after - log_issued) as decimal(9, 6)) as paid_share
    from logged

),

-- What was billed in one of the last 13 weeks is billed again 13 weeks later.
final as (

    select
        billings.company_id,
        billings.segment,
        billings.currency_code,
        cast(billings.week + paid.weeks_later as integer) as week,
        {% for amount, cash in [('amount', 'expected_cash'), ('amount_reporting', 'expected_cash_reporting')] -%}
            cast(
                sum(cast(cast(billings.{{ amount }} as decimal(28, 4)) * paid.paid_share as decimal(18, 4)))
                as decimal(18, 4)
            ) as {{ cash }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from billings
    inner join paid
        on
            billings.habit_group = paid.habit_group
            and billings.issued_late = paid.issued_late
    where billings.week + paid.weeks_later between 1 and 13
    group by
        billings.company_id,
        billings.segment,
        billings.currency_code,
        billings.week + paid.weeks_later

)

select * from final
