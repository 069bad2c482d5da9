with

-- The month of the as-of day, in which the balances are those of that day.
customer_aging as (

    select * from {{ ref('int_customer_aging_monthly') }}
    where month_end = cast({{ dbt.last_day(as_of_date(), 'month') }} as date)

),

invoice_balances as (

    select * from {{ ref('int_invoice_balances') }}
    where oldest_open_due_date < {{ as_of_date() }}

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where item_type = 'invoice'

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}
    where date_day = {{ as_of_date() }}

),

tolerances as (

    select * from {{ ref('debt_tolerances') }}

),

summed as (

    select
        currency_code,
        customer_id,
        {% for bucket in var('aging_bucket_ids') -%}
            sum(aging_{{ bucket }}) as aging_{{ bucket }},
        {% endfor -%}
        sum(unapplied_credits) as unapplied_credits
    from customer_aging
    group by
        currency_code,
        customer_id

),

converted as (

    select
        summed.customer_id,
        {% for amount, name in [
            (aging_of('aging', 'summed'), 'open_invoices'),
            ('summed.unapplied_credits', 'unapplied_credits'),
            (aging_of('past_due', 'summed'), 'past_due_receivables'),
        ] -%}
            sum({{ in_reporting_currency('cast(' ~ amount ~ ' as decimal(18, 4))') }})
                as {{ name }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from summed
    left join rates on summed.currency_code = rates.currency_code
    group by summed.customer_id

),

-- Each instalment has its own due date; whether it is a debt, the whole invoice says, as in counts.
items as (

    select
        ledger.customer_id,
        ledger.currency_code,
        ledger.due_date,
        sum(ledger.amount) as balance,
        sum(sum(ledger.amount)) over (partition by ledger.item_id) as past_due_of_invoice
    from ledger
    inner join invoice_balances on ledger.item_id = invoice_balances.invoice_id
    where ledger.due_date < {{ as_of_date() }}
    group by
        ledger.customer_id,
        ledger.currency_code,
        ledger.item_id,
        ledger.due_date

),

oldest as (

    select
        items.customer_id,
        min(items.due_date) as oldest_past_due_date
    from items
    left join tolerances on items.currency_code = tolerances.currency_code
    where
        items.balance > 0
        and {{ is_debt('items.past_due_of_invoice') }}
    group by items.customer_id

),

final as (

    select
        converted.customer_id,
        converted.open_invoices,
        converted.unapplied_credits,
        converted.past_due_receivables,
        oldest.oldest_past_due_date
    from converted
    left join oldest on converted.customer_id = oldest.customer_id

)

select * from final
