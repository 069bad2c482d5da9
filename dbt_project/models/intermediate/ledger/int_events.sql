{#- An increment makes the events of the items it replaces only: what reads them would have to look at all others. -#}
{{ config(materialized='view') }}
-- depends_on: {{ ref('int_touched_items') }}

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

-- What takes effect after the as-of day has not happened yet.
unioned as (

    {% for events in ['invoice_events', 'credit_events', 'application_events'] -%}
        select * from {{ events }}
        where
            effective_date <= {{ as_of_date() }}
            {% if given('changed_since') -%}
                and {{ is_an_item_of(ref('int_touched_items')) }}
            {%- endif %}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

)

select * from unioned
