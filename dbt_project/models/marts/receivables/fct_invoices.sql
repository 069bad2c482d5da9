{{
    config(
        materialized='incremental',
        pre_hook="{{ forget('open_balance <> 0 or is_disputed or invoice_id in (select invoice_id from ' ~ ref('int_disputes') ~ ') or ' ~ is_among(ref('int_touched_items'), 'invoice', 'invoice_id')) }}"
    )
}}

with

invoices as (

    select * from {{ ref('int_invoices') }}
    where
        invoice_date <= {{ as_of_date() }}
        {% if increments() -%}
            and invoice_id not in (select kept.invoice_id from {{ this }} as kept)
        {%- endif %}

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
        max(cash_units.received_date) as received_date
    from cash_units
    inner join invoices on cash_units.invoice_id = invoices.invoice_id
    group by cash_units.invoice_id

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

disputes as (

    select * from {{ ref('int_disputes') }}

),

open_disputes as (

    select invoice_id
    from disputes
    where closed_date is null
    group by invoice_id

),

joined as (

    select
        invoices.*,
        balances.open_balance,
        balances.overpaid_amount,
        balances.paid_amount,
        balances.credited_amount,
        balances.discount_amount,
        balances.written_off_amount,
        balances.adjusted_amount,
        balances.paid_in_full_date,
        case when balances.paid_in_full_date is not null then received.received_date end as received_in_full_date,
        balances.last_due_date,
        case
            when balances.oldest_open_due_date < {{ as_of_date() }}
                then {{ dbt.datediff('balances.oldest_open_due_date', as_of_date(), 'day') }}
            when balances.open_balance <> 0 then 0
        end as days_past_due,
        balances.oldest_open_due_date,
        open_disputes.invoice_id is not null as is_disputed,
        customers.is_consumer
    from invoices
    left join customers on invoices.customer_id = customers.customer_id
    inner join balances on invoices.invoice_id = balances.invoice_id
    left join received on invoices.invoice_id = received.invoice_id
    left join open_disputes on invoices.invoice_id = open_disputes.invoice_id

),

final as (

    select
        joined.invoice_id,
        joined.company_id,
        joined.customer_id,
        -- A business's bill is asked for by its number; a person's number leads to the person.
        case
            when not joined.is_consumer then joined.invoice_number
            when joined.invoice_number is not null then '***'
        end as invoice_number,
        joined.invoice_type,
        joined.invoice_date,
        joined.due_date,
        joined.currency_code,
        cast(joined.amount as decimal(18, 4)) as amount,
        joined.is_credit_sale,
        case when joined.voided_date <= {{ as_of_date() }} then joined.voided_date end as voided_date,
        cast(joined.open_balance as decimal(18, 4)) as open_balance,
        cast(joined.overpaid_amount as decimal(18, 4)) as overpaid_amount,
        cast(joined.paid_amount as decimal(18, 4)) as paid_amount,
        cast(joined.credited_amount as decimal(18, 4)) as credited_amount,
        cast(joined.discount_amount as decimal(18, 4)) as discount_amount,
        cast(joined.written_off_amount as decimal(18, 4)) as written_off_amount,
        cast(joined.adjusted_amount as decimal(18, 4)) as adjusted_amount,
        joined.paid_in_full_date,
        cast({{ dbt.datediff('joined.invoice_date', 'joined.paid_in_full_date', 'day') }} as integer) as days_to_pay,
        cast({{ dbt.datediff('joined.last_due_date', 'joined.paid_in_full_date', 'day') }} as integer) as days_late,
        joined.received_in_full_date,
        cast({{ dbt.datediff('joined.invoice_date', 'joined.received_in_full_date', 'day') }} as integer)
            as days_to_pay_received,
        cast({{ dbt.datediff('joined.last_due_date', 'joined.received_in_full_date', 'day') }} as integer)
            as days_late_received,
        cast(joined.days_past_due as integer) as days_past_due,
        buckets.bucket_id as aging_bucket,
        joined.is_disputed
    from joined
    left join buckets
        on
            joined.open_balance <> 0
            and (
                (joined.oldest_open_due_date is null and buckets.bucket_id = 'no_due_date')
                or (
                    joined.oldest_open_due_date is not null
                    and buckets.bucket_id <> 'no_due_date'
                    and (buckets.first_day is null or joined.days_past_due >= buckets.first_day)
                    and (buckets.last_day is null or joined.days_past_due <= buckets.last_day)
                )
            )

)

select * from final
