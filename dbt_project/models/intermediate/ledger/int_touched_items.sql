{#- The days that have come since the last build: nothing of them was in it. -#}
{%- set since = last_built_day() -%}

with

changed_items as (

    select * from {{ ref('int_changed_items') }}

),

invoice_events as (

    select * from {{ ref('int_invoice_events') }}

),

credit_events as (

    select * from {{ ref('int_credit_events') }}

),

application_events as (

    select * from {{ ref('int_application_events') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

instalments as (

    select * from {{ ref('int_instalments') }}

),

due_dates as (

    select * from {{ ref('int_due_dates') }}

),

-- What had landed before its day, and what falls due.
come as (

    {% for events in ['invoice_events', 'credit_events', 'application_events'] -%}
        select
            item_type,
            item_id
        from {{ events }}
        where
            effective_date > {{ since }}
            and effective_date <= {{ as_of_date() }}
        union distinct
    {% endfor -%}
    {% for due in ['invoices', 'instalments', 'due_dates'] -%}
        select
            'invoice' as item_type,
            invoice_id as item_id
        from {{ due }}
        where
            due_date >= {{ since }}
            and due_date <= {{ as_of_date() }}
        {% if not loop.last -%}
            union distinct
        {% endif -%}
    {% endfor %}

),

touched as (

    select * from changed_items
    union distinct
    select * from come
    where {{ 'true' if given('changed_since') else 'false' }}

),

-- What is paid beyond an invoice is an item of the same document.
unioned as (

    select * from touched
    union all
    select
        'overpayment' as item_type,
        item_id
    from touched
    where item_type = 'invoice'

)

select * from unioned
