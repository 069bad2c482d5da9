{{ config(materialized='incremental', unique_key='invoice_id') }}

{%- set amounts = [
    'open_balance', 'overpaid_amount', 'paid_amount', 'credited_amount', 'discount_amount', 'written_off_amount',
    'adjusted_amount',
] -%}

with

invoices as (

    select * from {{ ref('int_invoices') }}
    where
        invoice_date <= {{ as_of_date() }}
        and {{ this_run(ref('int_invoices_this_run'), 'invoice_id') }}

),

balances as (

    select * from {{ ref('int_invoice_balances') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

cash_units as (

    select * from {{ ref('int_cash_units') }}

),

received as (

    select
        cash_units.invoice_id,
        max(cash_units.received_date) as received_date,
        max(case when cash_units.is_placed_by_policy then 1 else 0 end) as parts_by_policy
    from cash_units
    inner join invoices on cash_units.invoice_id = invoices.invoice_id
    group by cash_units.invoice_id

),

lateness as (

    select * from {{ ref('int_invoice_lateness') }}

),

open_disputes as (

    select invoice_id from {{ ref('int_disputes') }}
    where closed_date is null
    group by invoice_id

),

joined as (

    select
        invoices.*,
        {% for amount in amounts -%}
            balances.{{ amount }},
        {% endfor -%}
        balances.paid_in_full_date,
        case when balances.paid_in_full_date is not null then received.received_date end as received_in_full_date,
        coalesce(received.parts_by_policy > 0, false) as is_paid_by_policy,
        balances.last_due_date,
        lateness.days_past_due,
        lateness.aging_bucket,
        open_disputes.invoice_id is not null as is_disputed,
        customers.is_consumer
    from invoices
    left join customers on invoices.customer_id = customers.customer_id
    inner join balances on invoices.invoice_id = balances.invoice_id
    left join received on invoices.invoice_id = received.invoice_id
    left join lateness on invoices.invoice_id = lateness.invoice_id
    left join open_disputes on invoices.invoice_id = open_disputes.invoice_id

),

final as (

    select
        invoice_id,
        company_id,
        customer_id,
        -- A company's invoice is looked up by its number; a number on a person's invoice may lead to the person.
        case
            when not is_consumer then invoice_number
            when invoice_number is not null then '***'
        end as invoice_number,
        invoice_type,
        invoice_date,
        due_date,
        currency_code,
        cast(amount as decimal(18, 4)) as amount,
        is_credit_sale,
        case when voided_date <= {{ as_of_date() }} then voided_date end as voided_date,
        {% for amount in amounts -%}
            cast({{ amount }} as decimal(18, 4)) as {{ amount }},
        {% endfor -%}
        paid_in_full_date,
        cast({{ dbt.datediff('invoice_date', 'paid_in_full_date', 'day') }} as integer) as days_to_pay,
        cast({{ dbt.datediff('last_due_date', 'paid_in_full_date', 'day') }} as integer) as days_late,
        received_in_full_date,
        cast({{ dbt.datediff('invoice_date', 'received_in_full_date', 'day') }} as integer) as days_to_pay_received,
        cast({{ dbt.datediff('last_due_date', 'received_in_full_date', 'day') }} as integer) as days_late_received,
        is_paid_by_policy,
        days_past_due,
        aging_bucket,
        is_disputed
    from joined

)

select * from final
