with

items as (

    select * from {{ ref('int_open_items') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}
    where date_day = {{ as_of_date() }}

),

invoice_dealings as (

    select
        *,
        'invoice' as item_type
    from {{ ref('int_invoice_dealings') }}

),

customer_dealings as (

    select * from {{ ref('int_customer_dealings') }}

),

-- Of an invoice by instalments, the oldest that is open says it.
forecasts as (

    select
        *,
        'invoice' as item_type,
        min(part) over (partition by invoice_id) as oldest_part
    from {{ ref('payment_forecast') }}

),

final as (

    select
        items.item_type,
        items.item_id,
        {{ as_of_date() }} as as_of_date,
        items.company_id,
        items.customer_id,
        customers.segment,
        items.document_date,
        items.due_date,
        items.currency_code,
        cast(items.balance as decimal(18, 4)) as balance,
        cast(items.past_due_balance as decimal(18, 4)) as past_due_balance,
        cast({{ in_reporting_currency('cast(items.balance as decimal(18, 4))') }} as decimal(18, 4))
            as balance_reporting,
        cast({{ in_reporting_currency('cast(items.past_due_balance as decimal(18, 4))') }} as decimal(18, 4))
            as past_due_balance_reporting,
        items.days_past_due,
        items.aging_bucket,
        items.past_due_balance > 0 as is_past_due,
        invoice_dealings.dispute_id is not null as is_disputed,
        invoice_dealings.dispute_id,
        invoice_dealings.disputed_since,
        cast(invoice_dealings.disputed_amount as decimal(18, 4)) as disputed_amount,
        invoice_dealings.next_promise_date,
        cast(invoice_dealings.next_promise_amount as decimal(18, 4)) as next_promise_amount_reporting,
        customer_dealings.last_contact_date,
        forecasts.expected_payment_date,
        forecasts.p10_date,
        forecasts.p90_date,
        forecasts.p_late_30,
        forecasts.reason
    from items
    left join customers on items.customer_id = customers.customer_id
    left join rates on items.currency_code = rates.currency_code
    left join invoice_dealings
        on
            items.item_type = invoice_dealings.item_type
            and items.item_id = invoice_dealings.invoice_id
    left join customer_dealings on items.customer_id = customer_dealings.customer_id
    left join forecasts
        on
            items.item_type = forecasts.item_type
            and items.item_id = forecasts.invoice_id
            and forecasts.part = forecasts.oldest_part

)

select * from final
