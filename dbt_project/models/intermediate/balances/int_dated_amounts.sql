{{ config(materialized='replaced_view') }}

{#- The as-of day of the last build. For days after it, all amounts are needed; for days up to it, only the changes of
    the ledger. -#}
{%- set since = last_built_day() -%}
{%- set columns = [
    'event_type', 'item_type', 'company_id', 'customer_id', 'segment', 'currency_code', 'effective_date', 'due_date',
    'is_credit_sale', 'amount',
] -%}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}

),

changes as (

    select * from {{ ref('int_ledger_changes_this_run') }}

),

crossed_since as (

    select due_date
    from {{ ref('int_aging_crossings') }}
    where date_day > {{ since }}

),

final as (

    {% if increments() -%}
        select
            {{ columns | join(',\n            ') }},
            true as takes_effect,
            false as ages_since
        from changes
        union all
    {%- endif %}
    select
        {{ columns | join(',\n        ') }},
        {{ 'false' if increments() else 'true' }} as takes_effect,
        true as ages_since
    from ledger
    {% if increments() -%}
        where ledger.due_date in (select crossed_since.due_date from crossed_since)
    {%- endif %}

)

select * from final
