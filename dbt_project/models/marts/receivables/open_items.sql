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

-- What is disputed of an invoice, by all its open disputes, is at most what is open of it.
disputed as (

    select
        items.*,
        invoice_dealings.dispute_id,
        invoice_dealings.disputed_since,
        invoice_dealings.disputed_amount,
        invoice_dealings.next_promise_date,
        invoice_dealings.next_promise_amount,
        case
            when invoice_dealings.disputed_amount < items.balance then invoice_dealings.disputed_amount
            when invoice_dealings.dispute_id is not null then items.balance
            else 0
        end as disputed_balance
    from items
    left join invoice_dealings
        on
            items.item_type = invoice_dealings.item_type
            and items.item_id = invoice_dealings.invoice_id

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
        disputed.item_type,
        disputed.item_id,
        {{ as_of_date() }} as as_of_date,
        disputed.company_id,
        disputed.customer_id,
        customers.segment,
        disputed.document_date,
        disputed.due_date,
        disputed.currency_code,
        cast(disputed.balance as decimal(18, 4)) as balance,
        cast(disputed.past_due_balance as decimal(18, 4)) as past_due_balance,
        cast({{ in_reporting_currency('cast(disputed.balance as decimal(18, 4))') }} as decimal(18, 4))
            as balance_reporting,
        cast({{ in_reporting_currency('cast(disputed.past_due_balance as decimal(18, 4))') }} as decimal(18, 4))
            as past_due_balance_reporting,
        disputed.days_past_due,
        disputed.aging_bucket,
        disputed.past_due_balance > 0 as is_past_due,
        disputed.dispute_id is not null as is_disputed,
        disputed.dispute_id,
        disputed.disputed_since,
        cast(disputed.disputed_amount as decimal(18, 4)) as disputed_amount,
        cast(disputed.disputed_balance as decimal(18, 4)) as disputed_balance,
        cast(disputed.balance - disputed.disputed_balance as decimal(18, 4)) as undisputed_balance,
        cast({{ in_reporting_currency('cast(disputed.disputed_balance as decimal(18, 4))') }} as decimal(18, 4))
            as disputed_balance_reporting,
        disputed.next_promise_date,
        cast(disputed.next_promise_amount as decimal(18, 4)) as next_promise_amount_reporting,
        customer_dealings.last_contact_date,
        forecasts.expected_payment_date,
        forecasts.p10_date,
        forecasts.p90_date,
        forecasts.p_late_30,
        forecasts.reason
    from disputed
    left join customers on disputed.customer_id = customers.customer_id
    left join rates on disputed.currency_code = rates.currency_code
    left join customer_dealings on disputed.customer_id = customer_dealings.customer_id
    left join forecasts
        on
            disputed.item_type = forecasts.item_type
            and disputed.item_id = forecasts.invoice_id
            and forecasts.part = forecasts.oldest_part

)

select * from final
