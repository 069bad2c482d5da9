-- Not stored: it is read once, and filtered by what reads it.
{{ config(materialized='ephemeral') }}

-- depends_on: {{ ref('int_touched_items') }}
with

published as (

    {{ published_before('fct_receivables_ledger') }}

),

published_customers as (

    {{ published_before('dim_customers') }}

),

-- The segment is the one an event was reported under: its customer may be in another one today, or be gone.
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
        {% if differs_only_where_touched() -%}
            and {{ is_an_item_of(ref('int_touched_items')) }}
        {%- endif %}

)

select * from final
