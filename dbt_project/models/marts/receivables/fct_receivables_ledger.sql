{{
    config(
        materialized='incremental',
        pre_hook="{{ forget(is_an_item_of(ref('int_touched_items'))) }}"
    )
}}

with

ledger as (

    select * from {{ ref('int_ledger') }}
    {% if increments() -%}
        where {{ is_an_item_of(ref('int_touched_items')) }}
    {%- endif %}

),

final as (

    select
        event_id,
        event_type,
        effective_date,
        recorded_at,
        company_id,
        customer_id,
        item_type,
        item_id,
        instalment_id,
        due_date,
        currency_code,
        amount,
        is_credit_sale,
        source_table,
        source_id
    from ledger

)

select * from final
