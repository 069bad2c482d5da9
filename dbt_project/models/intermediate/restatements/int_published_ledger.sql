-- Not stored, because only one model reads it, and filters it.
{{ config(materialized='ephemeral') }}

with

published as (

    {{ published_before('fct_receivables_ledger') }}

),

published_customers as (

    {{ published_before('dim_customers') }}

),

-- The segment under which an event was reported: its customer may be in another segment today, or be deleted.
final as (

    select
        published.event_id,
        published.event_type,
        published.effective_date,
        published.recorded_at,
        published.company_id,
        published.customer_id,
        coalesce(published_customers.segment, 'unassigned') as segment,
        published.item_type,
        published.item_id,
        published.due_date,
        published.currency_code,
        published.amount,
        published.is_credit_sale,
        published.source_table,
        published.source_id
    from published
    left join published_customers on published.customer_id = published_customers.customer_id
    where
        published.effective_date <= {{ as_of_date() }}
        and {{ this_run(ref('int_items_this_run'), ['item_type', 'item_id'], adds=changed_since()['is_published']) }}

)

select * from final
