{#- In an incremental run only events of the items it replaces; otherwise the models that read this one would read all
    other events, too. -#}
{{ config(materialized='replaced_view') }}

with

invoice_events as (

    select * from {{ ref('int_invoice_events') }}

),

credit_events as (

    select * from {{ ref('int_credit_events') }}

),

application_events as (

    select * from {{ ref('int_application_events') }}

),

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

-- What takes effect after the as-of day has not happened yet.
unioned as (

    {% for events in ['invoice_events', 'credit_events', 'application_events'] -%}
        select * from {{ events }}
        where
            effective_date <= {{ as_of_date() }}
            and {{ this_run(ref('int_items_this_run'), ['item_type', 'item_id']) }}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

final as (

    select
        unioned.*,
        event_types.change_type
    from unioned
    inner join event_types on unioned.event_type = event_types.event_type

)

select * from final
