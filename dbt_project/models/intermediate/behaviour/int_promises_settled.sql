{#- In an incremental run only promises of changed pools. -#}
{{ config(materialized='replaced_view') }}

with

promises as (

    select * from {{ ref('int_promise_queue') }}
    where
        invoice_id is not null
        and {{ this_run(ref('int_pools_this_run'), ['pool_id', 'currency_code']) }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

invoice_events as (

    select * from {{ ref('int_invoice_events') }}

),

applications as (

    select * from {{ ref('int_standing_applications') }}
    where invoice_id in (select promises.invoice_id from promises)

),

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

-- What reduced the invoice up to the as-of day, with the day on which it was received or granted. Write-offs and voids
-- do not settle an invoice.
reductions as (

    select
        applications.invoice_id,
        credit_items.item_date as given_date,
        applications.settled_amount as amount
    from applications
    inner join credit_items
        on
            applications.source_type = credit_items.item_type
            and applications.source_id = credit_items.item_id
    union all
    select
        item_id as invoice_id,
        effective_date as given_date,
        -amount as amount
    from invoice_events
    where
        item_id in (select promises.invoice_id from promises)
        and event_type in (
            'discount_adjustment', 'small_balance_adjustment', 'finance_charge_adjustment', 'other_adjustment'
        )

),

final as (

    select
        promises.promise_id,
        cast(max(invoices.amount) - sum(reductions.amount) as decimal(18, 4)) as unsettled_amount
    from promises
    inner join invoices on promises.invoice_id = invoices.invoice_id
    inner join reductions
        on
            promises.invoice_id = reductions.invoice_id
            and promises.last_grace_date >= reductions.given_date
    group by promises.promise_id

)

select * from final
