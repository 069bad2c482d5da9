{%- set day_before -%} cast({{ dbt.dateadd('day', -91, as_of_date()) }} as date) {%- endset -%}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'invoice'
        and change_type = 'issued'
        and is_credit_sale
        and effective_date > {{ day_before }}

),

invoices as (

    select * from {{ ref('int_invoices') }}
    where coalesce(voided_date > {{ as_of_date() }}, true)

),

habits as (

    select * from {{ ref('int_payment_habits') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}
    where date_day = {{ as_of_date() }}

),

billed as (

    select
        ledger.company_id,
        ledger.segment,
        ledger.currency_code,
        habits.habit_group,
        {{ dbt.datediff('ledger.due_date', 'ledger.effective_date', 'day') }} as issued_late,
        {{ dbt.datediff(day_before, 'ledger.effective_date', 'day') }} as day_of_weeks,
        ledger.amount
    from ledger
    inner join invoices on ledger.item_id = invoices.invoice_id
    inner join habits on ledger.customer_id = habits.customer_id
    where ledger.due_date is not null

),

summed as (

    select
        company_id,
        segment,
        currency_code,
        habit_group,
        cast(least(issued_late, 365) as integer) as issued_late,
        cast(ceil(cast(day_of_weeks as double) / 7) as integer) as week,
        cast(sum(amount) as decimal(18, 4)) as amount
    from billed
    group by
        company_id,
        segment,
        currency_code,
        habit_group,
        cast(least(issued_late, 365) as integer),
        cast(ceil(cast(day_of_weeks as double) / 7) as integer)

),

final as (

    select
        summed.*,
        cast({{ in_reporting_currency('summed.amount') }} as decimal(18, 4)) as amount_reporting
    from summed
    left join rates on summed.currency_code = rates.currency_code

)

select * from final
