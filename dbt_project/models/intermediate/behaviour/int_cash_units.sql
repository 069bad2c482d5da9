{{ config(materialized='incremental', unique_key='receipt_id') }}

with

applications as (

    select * from {{ ref('int_standing_applications') }}
    where
        source_type = 'receipt'
        and {{ this_run(ref('int_items_this_run'), {'source_id': 'receipt_id'}) }}

),

applied_cash as (

    select * from {{ ref('int_applied_cash') }}

),

receipts as (

    select * from {{ ref('int_credit_items') }}
    where
        item_type = 'receipt'
        and item_date <= {{ as_of_date() }}
        and (ended_date is null or ended_date > {{ as_of_date() }})
        and {{ this_run(ref('int_items_this_run'), {'item_id': 'receipt_id'}) }}

),

paid_out as (

    select * from {{ ref('int_credit_events') }}
    where
        -- A receipt reversed whole is none of those above.
        event_type in ('refund_paid', 'receipt_reversed')
        and item_type = 'receipt'
        and effective_date <= {{ as_of_date() }}
        and {{ this_run(ref('int_items_this_run'), {'item_id': 'receipt_id'}) }}

),

-- What is no longer there of a receipt: applied, paid back, or reversed.
gone as (

    select
        source_id as receipt_id,
        standing_amount as amount
    from applications
    union all
    select
        item_id as receipt_id,
        amount
    from paid_out

),

gone_of_receipts as (

    select
        receipt_id,
        sum(amount) as amount
    from gone
    group by receipt_id

),

-- Cash that stands on the as-of day, in parts that each went one way: to an invoice, or nowhere yet.
to_invoices as (

    select
        receipts.item_id as receipt_id,
        receipts.customer_id,
        receipts.currency_code,
        applied_cash.invoice_id,
        receipts.item_date as received_date,
        applied_cash.applied_date,
        'application:' || applied_cash.application_id as unit_id,
        applied_cash.amount
    from applied_cash
    inner join receipts on applied_cash.receipt_id = receipts.item_id

),

unapplied as (

    select
        receipts.item_id as receipt_id,
        receipts.customer_id,
        receipts.currency_code,
        cast(null as string) as invoice_id,
        receipts.item_date as received_date,
        cast(null as date) as applied_date,
        'receipt:' || receipts.item_id as unit_id,
        receipts.amount - coalesce(gone_of_receipts.amount, 0) as amount
    from receipts
    left join gone_of_receipts on receipts.item_id = gone_of_receipts.receipt_id

),

final as (

    select * from to_invoices
    union all
    select * from unapplied
    where amount > 0

)

select * from final
