{{ config(materialized='incremental', unique_key='receipt_id') }}

with

receipts as (

    select * from {{ ref('int_credit_items') }}
    where
        item_type = 'receipt'
        and {{ this_run(ref('int_receipts_this_run'), {'item_id': 'receipt_id'}) }}

),

cash_events as (

    select * from {{ ref('int_credit_events') }}
    where
        event_type in ('receipt_received', 'receipt_reversed')
        and effective_date <= {{ as_of_date() }}
        and {{ this_run(ref('int_receipts_this_run'), {'item_id': 'receipt_id'}) }}

),

assignments as (

    select * from {{ ref('int_assignments') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- Cash counts for the employee to whom the customer was assigned on the payment date; if there were several, for the
-- one assigned last.
attributed as (

    select
        receipts.item_id,
        assignments.employee_id,
        row_number() over (
            partition by receipts.item_id
            order by assignments.valid_from desc nulls last, assignments.employee_id asc nulls last
        ) as attribution_rank
    from receipts
    inner join assignments
        on
            receipts.customer_id = assignments.customer_id
            and receipts.item_date >= assignments.valid_from
            and (assignments.valid_to is null or receipts.item_date <= assignments.valid_to)

),

-- Reversed amounts are taken from the events: they are less than the receipt if a part of it was refunded or reversed
-- before.
moved as (

    select
        item_id,
        case when event_type = 'receipt_received' then 'received' else 'reversed' end as movement,
        effective_date as date_day,
        currency_code,
        -sum(amount) as amount
    from cash_events
    group by
        item_id,
        event_type,
        effective_date,
        currency_code

),

final as (

    select
        moved.item_id as receipt_id,
        moved.movement,
        moved.date_day,
        attributed.employee_id,
        {{ in_reporting_currency('moved.amount') }} as cash_received
    from moved
    left join attributed
        on
            moved.item_id = attributed.item_id
            and attributed.attribution_rank = 1
    left join rates
        on
            moved.date_day = rates.date_day
            and moved.currency_code = rates.currency_code

)

select * from final
