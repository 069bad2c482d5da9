{{ config(materialized='incremental', unique_key='receipt_id') }}

with

applications as (

    select * from {{ ref('int_standing_applications') }}
    where
        source_type = 'receipt'
        and {{ this_run(ref('int_items_this_run'), {'source_id': 'receipt_id'}) }}

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
        -- A receipt that was reversed completely is not among the receipts above.
        event_type in ('refund_paid', 'receipt_reversed')
        and item_type = 'receipt'
        and effective_date <= {{ as_of_date() }}
        and {{ this_run(ref('int_items_this_run'), {'item_id': 'receipt_id'}) }}

),

-- Rows with negative amounts give cash back: they reduce what the receipt paid of their invoice, newest application
-- first.
netted as (

    select
        *,
        sum(standing_amount) over (partition by source_id, invoice_id) as invoice_amount,
        sum(greatest(standing_amount, 0)) over (
            partition by source_id, invoice_id
            order by effective_date asc nulls last, application_id asc nulls last
            rows between unbounded preceding and current row
        ) - greatest(standing_amount, 0) as amount_before
    from applications

),

-- What is not left of a receipt: what was applied, refunded or reversed.
gone as (

    select
        receipt_id,
        sum(amount) as amount
    from (
        select
            source_id as receipt_id,
            standing_amount as amount
        from applications
        union all
        select
            item_id as receipt_id,
            amount
        from paid_out
    ) as unioned
    group by receipt_id

),

-- Cash on the as-of day, in parts: each part is applied to one invoice or not applied yet.
units as (

    select
        receipts.item_id as receipt_id,
        receipts.customer_id,
        receipts.currency_code,
        netted.invoice_id,
        receipts.item_date as received_date,
        netted.effective_date as applied_date,
        coalesce(netted.rule in ({{ "'" ~ var('policy_rules') | join("', '") ~ "'" }}), false) as is_placed_by_policy,
        'application:' || netted.application_id as unit_id,
        cast(least(netted.standing_amount, netted.invoice_amount - netted.amount_before) as decimal(18, 4)) as amount
    from netted
    inner join receipts on netted.source_id = receipts.item_id
    union all
    select
        receipts.item_id as receipt_id,
        receipts.customer_id,
        receipts.currency_code,
        cast(null as string) as invoice_id,
        receipts.item_date as received_date,
        cast(null as date) as applied_date,
        false as is_placed_by_policy,
        'receipt:' || receipts.item_id as unit_id,
        receipts.amount - coalesce(gone.amount, 0) as amount
    from receipts
    left join gone on receipts.item_id = gone.receipt_id

),

final as (

    select * from units
    where amount > 0

)

select * from final
