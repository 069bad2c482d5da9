{{ config(materialized='incremental', incremental_strategy='collect', unique_key=['item_type', 'item_id']) }}

with

items as (

    select * from {{ ref('int_items_this_run') }}

),

-- The ledger is built after this model. Before the first build it is empty.
ledger as (

    {% if increments() -%}
        select * from {{ as_last_built('fct_receivables_ledger') }}
    {%- else -%}
        select
            *,
            cast(null as string) as segment
        from {{ ref('int_events') }}
        where 1 = 0
    {%- endif %}

),

final as (

    select
        items.item_type,
        items.item_id,
        ledger.event_type,
        ledger.change_type,
        ledger.company_id,
        ledger.customer_id,
        ledger.segment,
        ledger.currency_code,
        ledger.effective_date,
        ledger.due_date,
        cast(ledger.amount as decimal(18, 4)) as amount,
        ledger.is_credit_sale,
        '{{ this_run_id() }}' as changed_in
    from items
    left join ledger
        on
            items.item_type = ledger.item_type
            and items.item_id = ledger.item_id

)

select * from final
