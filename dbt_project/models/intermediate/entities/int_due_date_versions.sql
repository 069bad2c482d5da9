{#- In an incremental run only of the documents it replaces, as int_events. -#}
{#- Raw tables and their keys: each instalment has its own due date. -#}
{%- set tables = {'invoices': 'invoice_id', 'instalments': 'instalment_id'} -%}
{{ config(materialized='replaced_view') }}

with

invoices as (

    select * from {{ ref('stg_ar__invoices') }}
    where {{ this_run(ref('int_documents_this_run'), 'invoice_id') }}

),

instalments as (

    select * from {{ ref('stg_ar__instalments') }}

),

{% for table, key in tables.items() %}
    landed_{{ table }} as (

        select
            '{{ table }}' as table_name,
            {{ key }} as record_id,
            due_date,
            updated_at,
            coalesce(recorded_at, loaded_at) as recorded_at,
            source_file_number,
            source_row
        from {{ source('ar', table) }}
        where
            not coalesce(is_deleted, false)
            and cast(coalesce(recorded_at, loaded_at) as date) <= {{ known_as_of_date() }}

    ),
{% endfor %}

landed as (

    select * from landed_invoices
    union all
    select * from landed_instalments

),

documents as (

    select
        'invoices' as table_name,
        invoice_id as record_id,
        invoice_id,
        cast(null as string) as instalment_id,
        invoice_date
    from invoices
    union all
    select
        'instalments' as table_name,
        instalments.instalment_id as record_id,
        instalments.invoice_id,
        instalments.instalment_id,
        invoices.invoice_date
    from instalments
    inner join invoices on instalments.invoice_id = invoices.invoice_id

),

-- Only few records have had different due dates.
differing as (

    select
        table_name,
        record_id
    from landed
    group by
        table_name,
        record_id
    having count(distinct coalesce(cast(due_date as string), '')) > 1

),

-- A version counts from the day it was recorded, but not from before the invoice's date.
final as (

    select
        documents.table_name,
        documents.record_id,
        documents.invoice_id,
        documents.instalment_id,
        landed.due_date,
        landed.recorded_at,
        greatest(cast(landed.recorded_at as date), documents.invoice_date) as recorded_on,
        row_number() over (
            partition by documents.table_name, documents.record_id
            order by
                landed.updated_at asc nulls first,
                landed.source_file_number asc nulls last,
                landed.source_row asc nulls last
        ) as version_number
    from documents
    inner join differing
        on
            documents.table_name = differing.table_name
            and documents.record_id = differing.record_id
    inner join landed
        on
            documents.table_name = landed.table_name
            and documents.record_id = landed.record_id

)

select * from final
