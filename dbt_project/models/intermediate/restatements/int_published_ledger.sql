-- Not stored, and compiled with what reads it: so whoever builds that has the publication attached.
{{ config(materialized='ephemeral') }}

-- depends_on: {{ ref('int_touched_items') }}
with

published as (

    {{ published_before('fct_receivables_ledger') }}

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
        due_date,
        currency_code,
        amount,
        is_credit_sale,
        source_table,
        source_id
    from published
    where
        effective_date <= {{ as_of_date() }}
        {% if differs_only_where_touched() -%}
            and {{ is_an_item_of(ref('int_touched_items')) }}
        {%- endif %}

)

select * from final
