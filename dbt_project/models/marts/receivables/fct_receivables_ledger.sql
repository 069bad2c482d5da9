{{ config(materialized='incremental', unique_key=['item_type', 'item_id']) }}

with

events as (

    select * from {{ ref('int_events') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

laid_events as (

    select * from {{ ref('int_laid_events') }}

),

-- The item type is an equality on both sides of the join: as a plain condition it would make the join compare every
-- pair of rows.
laid_items as (

    select
        'invoice' as item_type,
        invoice_id as item_id
    from {{ ref('int_laid_invoices') }}

),

events_of_whole_items as (

    select events.*
    from events
    left join laid_items
        on
            events.item_type = laid_items.item_type
            and events.item_id = laid_items.item_id
    where laid_items.item_id is null

),

unioned as (

    select
        source_table || ':' || source_id || ':' || event_type || ':' || item_type as event_id,
        event_type,
        item_type,
        item_id,
        cast(null as string) as instalment_id,
        company_id,
        customer_id,
        currency_code,
        due_date,
        effective_date,
        recorded_at,
        amount,
        is_credit_sale,
        source_table,
        source_id
    from events_of_whole_items
    union all
    select
        event_id,
        event_type,
        item_type,
        item_id,
        instalment_id,
        company_id,
        customer_id,
        currency_code,
        due_date,
        effective_date,
        recorded_at,
        amount,
        is_credit_sale,
        source_table,
        source_id
    from laid_events

),

final as (

    select
        unioned.event_id,
        unioned.event_type,
        event_types.change_type,
        unioned.effective_date,
        unioned.recorded_at,
        unioned.company_id,
        unioned.customer_id,
        customers.segment,
        unioned.item_type,
        unioned.item_id,
        unioned.instalment_id,
        unioned.due_date,
        unioned.currency_code,
        cast(unioned.amount as decimal(18, 4)) as amount,
        unioned.is_credit_sale,
        event_types.is_taken_over,
        unioned.source_table,
        unioned.source_id
    from unioned
    inner join event_types on unioned.event_type = event_types.event_type
    left join customers on unioned.customer_id = customers.customer_id
    where
        {{ this_run(
            ref('int_ledger_before_this_run'), {'unioned.item_type': 'item_type', 'unioned.item_id': 'item_id'}
        ) }}

)

select * from final
