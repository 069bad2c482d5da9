{{ config(materialized='view') }}

{#- The days that have come since the last build; of those before, only what the ledger's changes bring is missing. -#}
{%- set since = "cast('" ~ changed_since()['as_of'] ~ "' as date)" -%}
{%- set adds = given('changed_since') is not none -%}

with

ledger as (

    select * from {{ ref('int_ledger') }}

),

changes as (

    select * from {{ ref('int_ledger_changes') }}

),

entries as (

    select * from {{ ref('int_aging_entries') }}

),

crossed_since as (

    select due_date
    from {{ ref('int_aging_crossings') }}
    where date_day > {{ since }}

),

unioned as (

    {% if adds -%}
        select
            item_type,
            company_id,
            customer_id,
            segment,
            currency_code,
            effective_date,
            due_date,
            amount,
            true as takes_effect,
            false as ages_since
        from changes
        union all
    {%- endif %}
    select
        item_type,
        company_id,
        customer_id,
        segment,
        currency_code,
        effective_date,
        due_date,
        amount,
        {{ 'false' if adds else 'true' }} as takes_effect,
        true as ages_since
    from ledger
    {% if adds -%}
        where ledger.due_date in (select crossed_since.due_date from crossed_since)
    {%- endif %}

),

final as (

    select
        unioned.*,
        entries.bucket_id,
        entries.position
    from unioned
    left join entries
        on
            unioned.effective_date = entries.effective_date
            and unioned.due_date = entries.due_date

)

select * from final
