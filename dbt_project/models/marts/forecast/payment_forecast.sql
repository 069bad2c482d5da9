{%- set expected = [
    'p10', 'p50', 'p90', 'p_late_0', 'p_late_30', 'p_late_60', 'p_late_90', 'p_unpaid_7d', 'p_unpaid_30d', 'p_unpaid_90d',
    'p_unpaid_365',
] -%}

with

parts as (

    select * from {{ ref('int_open_parts') }}

),

dates as (

    select * from {{ ref('int_payment_dates') }}

),

habits as (

    select * from {{ ref('int_payment_habits') }}

),

given_lateness as (

    select * from {{ ref('int_payment_given_lateness') }}

),

medians as (

    select * from {{ ref('int_payment_medians') }}

),

joined as (

    select
        parts.*,
        habits.has_history,
        habits.habit_days_late,
        habits.basis,
        habits.paid_invoices,
        cast(habits.own_invoices as double) as own_invoices,
        medians.days_late_of_everyone,
        medians.days_late_of_group,
        medians.days_late_of_customer,
        {% for column in expected -%}
            dates.{{ column }},
        {% endfor -%}
        given_lateness.days_late as days_late_given_how_late
    from parts
    inner join habits on parts.customer_id = habits.customer_id
    inner join medians on parts.customer_id = medians.customer_id
    left join dates
        on
            parts.invoice_id = dates.invoice_id
            and parts.due_date = dates.due_date
    left join given_lateness
        on
            parts.invoice_id = given_lateness.invoice_id
            and parts.due_date = given_lateness.due_date

),

final as (

    select
        invoice_id,
        part,
        {{ as_of_date() }} as as_of_date,
        company_id,
        customer_id,
        segment,
        currency_code,
        due_date,
        open_balance,
        open_balance_reporting,
        {% for date, late in [('expected_payment_date', 'p50'), ('p10_date', 'p10'), ('p90_date', 'p90')] -%}
            cast({{ dbt.dateadd('day', late, 'due_date') }} as date) as {{ date }},
        {% endfor -%}
        cast(p50 as integer) as expected_days_late,
        days_late_of_everyone,
        days_late_of_group,
        days_late_of_customer,
        cast(days_late_given_how_late as integer) as days_late_given_how_late,
        {% for day in [0, 30, 60, 90] -%}
            cast(
                case when has_history and days_since_due >= {{ day }} then 1 else p_late_{{ day }} end as double
            ) as p_late_{{ day }},
        {% endfor -%}
        case when has_history then days_since_due < 30 and p_late_30 >= {{ var('likely_from') }} end as is_likely_late,
        cast(p_unpaid_365 as double) as p_unpaid_365,
        {% for days in [7, 30, 90] -%}
            cast(cast(open_balance_reporting as decimal(28, 4)) * (1 - p_unpaid_{{ days }}d) as decimal(18, 4))
                as expected_cash_{{ days }}d,
        {% endfor -%}
        cast(habit_days_late as double) as habit_days_late,
        own_invoices,
        own_invoices / (own_invoices + {{ var('typical_invoices_of_group') }}) as weight_of_own_history,
        case when has_history and due_date is not null then basis end as basis,
        case
            when due_date is null then 'no_due_date'
            when not has_history then 'landing_too_young'
            when p50 is null then 'beyond_horizon'
            when paid_invoices = 0 then 'no_history'
            when paid_invoices < 3 then 'short_history'
        end as reason,
        is_disputed
    from joined

)

select * from final
