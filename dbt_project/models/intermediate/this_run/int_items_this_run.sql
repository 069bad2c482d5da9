{{ config(materialized='incremental', incremental_strategy='collect', unique_key=['item_type', 'item_id']) }}

with

documents as (

    select * from {{ ref('int_documents_this_run') }}

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

-- Events that landed before their day, and items that become past due, on days since the last build.
come as (

    {% for events in ['invoice_events', 'credit_events', 'application_events'] -%}
        select
            item_type,
            item_id
        from {{ events }}
        where {{ has_come('effective_date') }}
        union distinct
    {% endfor -%}
    {% for due in ['invoices', 'instalments', 'due_dates'] -%}
        select
            'invoice' as item_type,
            invoice_id as item_id
        from {{ due }}
        where {{ has_come('cast(' ~ dbt.dateadd('day', 1, 'due_date') ~ ' as date)') }}
        {% if not loop.last -%}
            union distinct
        {% endif -%}
    {% endfor %}

),

touched as (

    select
        item_type,
        item_id
    from documents
    union distinct
    select * from come

),

-- The overpayment of an invoice is an item of the same document.
unioned as (

    select * from touched
    union all
    select
        'overpayment' as item_type,
        item_id
    from touched
    where item_type = 'invoice'

),

final as (

    select
        item_type,
        item_id,
        case when item_type = 'invoice' then item_id end as invoice_id,
        case when item_type = 'receipt' then item_id end as receipt_id,
        '{{ this_run_id() }}' as changed_in
    from unioned

)

select * from final
