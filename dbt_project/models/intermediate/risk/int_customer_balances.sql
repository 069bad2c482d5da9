with

ledger as (

    select * from {{ ref('int_ledger') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}
    where date_day = {{ as_of_date() }}

),

-- An instalment is an item of its own: each has its due date.
items as (

    select
        customer_id,
        currency_code,
        item_type = 'invoice' as is_invoice,
        item_id,
        due_date,
        sum(amount) as balance
    from ledger
    group by
        customer_id,
        currency_code,
        item_type = 'invoice',
        item_id,
        due_date

),

-- What was overpaid lowers the balances; it is no debt that grows old.
summed as (

    select
        customer_id,
        currency_code,
        sum(case when is_invoice then balance else 0 end) as open_invoices,
        sum(case when is_invoice then 0 else balance end) as unapplied_credits,
        sum(case when is_invoice and due_date < {{ as_of_date() }} then balance else 0 end) as past_due_receivables,
        min(case when is_invoice and due_date < {{ as_of_date() }} and balance > 0 then due_date end)
            as oldest_past_due_date
    from items
    where balance <> 0
    group by
        customer_id,
        currency_code

),

final as (

    select
        summed.customer_id,
        sum(cast(summed.open_invoices as decimal(18, 4)) * rates.rate) as open_invoices,
        sum(cast(summed.unapplied_credits as decimal(18, 4)) * rates.rate) as unapplied_credits,
        sum(cast(summed.past_due_receivables as decimal(18, 4)) * rates.rate) as past_due_receivables,
        min(summed.oldest_past_due_date) as oldest_past_due_date
    from summed
    left join rates on summed.currency_code = rates.currency_code
    group by summed.customer_id

)

select * from final
