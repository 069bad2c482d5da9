{{ config(materialized='incremental', unique_key='receipt_id') }}

with

receipts as (

    select * from {{ ref('stg_payments__receipts') }}
    where {{ this_run(ref('int_items_this_run'), 'receipt_id') }}

),

reason_codes as (

    select * from {{ ref('reason_codes') }}

),

credit_items as (

    select * from {{ ref('int_credit_items') }}
    where
        item_type = 'receipt'
        and item_date <= {{ as_of_date() }}

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'receipt'
        and {{ this_run(ref('int_items_this_run'), {'item_id': 'receipt_id'}) }}

),

summed as (

    select
        item_id as receipt_id,
        sum(case when change_type = 'paid' then amount else 0 end) as applied_amount,
        sum(case when change_type = 'refunded' then amount else 0 end) as refunded_amount,
        sum(case when event_type = 'receipt_reversed' then amount else 0 end) as reversed_amount,
        -sum(amount) as unapplied_amount
    from ledger
    group by item_id

),

final as (

    select
        receipts.receipt_id,
        receipts.company_id,
        receipts.customer_id,
        receipts.receipt_date,
        receipts.currency_code,
        cast(receipts.amount as decimal(18, 4)) as amount,
        receipts.payment_method,
        case when receipts.reference is not null then '***' end as reference,
        case when credit_items.ended_date <= {{ as_of_date() }} then credit_items.ended_date end as reversed_date,
        case
            when reason_codes.reason_code is not null then receipts.reversal_reason
            when receipts.reversal_reason is not null then '***'
        end as reversal_reason,
        cast(summed.applied_amount as decimal(18, 4)) as applied_amount,
        cast(summed.refunded_amount as decimal(18, 4)) as refunded_amount,
        cast(summed.reversed_amount as decimal(18, 4)) as reversed_amount,
        cast(summed.unapplied_amount as decimal(18, 4)) as unapplied_amount
    from receipts
    inner join credit_items on receipts.receipt_id = credit_items.item_id
    inner join summed on receipts.receipt_id = summed.receipt_id
    left join reason_codes on receipts.reversal_reason = reason_codes.reason_code

)

select * from final
