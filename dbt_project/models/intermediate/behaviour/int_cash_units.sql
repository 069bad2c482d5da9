with

applications as (

    select * from {{ ref('int_applications') }}
    where
        source_type = 'receipt'
        and effective_date <= {{ as_of_date() }}
        and (undone_date is null or undone_date > {{ as_of_date() }})

),

receipts as (

    select * from {{ ref('int_credit_items') }}
    where
        item_type = 'receipt'
        and item_date <= {{ as_of_date() }}
        and (ended_date is null or ended_date > {{ as_of_date() }})

),

applied as (

    select
        source_id as receipt_id,
        sum(source_amount) as applied_amount
    from applications
    group by source_id

),

-- Cash that stands on the as-of day, in parts that each went one way: to an invoice, or nowhere yet.
to_invoices as (

    select
        receipts.customer_id,
        receipts.currency_code,
        applications.invoice_id,
        receipts.item_date as received_date,
        applications.effective_date as applied_date,
        'application:' || applications.application_id as unit_id,
        applications.source_amount as amount
    from applications
    inner join receipts on applications.source_id = receipts.item_id

),

unapplied as (

    select
        receipts.customer_id,
        receipts.currency_code,
        cast(null as string) as invoice_id,
        receipts.item_date as received_date,
        cast(null as date) as applied_date,
        'receipt:' || receipts.item_id as unit_id,
        receipts.amount - coalesce(applied.applied_amount, 0) as amount
    from receipts
    left join applied on receipts.item_id = applied.receipt_id

),

unioned as (

    select * from to_invoices
    union all
    select * from unapplied

),

final as (

    select * from unioned
    where amount > 0

)

select * from final
