{{ config(materialized='replaced_view') }}

{#- Raw tables and their keys: each instalment has its own due date. -#}
{%- set tables = {'invoices': 'invoice_id', 'instalments': 'instalment_id'} -%}

with

invoices as (

    select * from {{ source('ar', 'invoices') }}

),

instalments as (

    select * from {{ source('ar', 'instalments') }}

),

-- Records with several due dates, one of which was recorded on a day that has come since the last build.
come as (

    {% for table, key in tables.items() -%}
        select
            {{ key }} as record_id,
            '{{ table }}' as table_name
        from {{ table }}
        where
            {{ key }} in (
                select versions.{{ key }} from {{ table }} as versions
                where {{ has_come('cast(coalesce(versions.recorded_at, versions.loaded_at) as date)') }}
            )
        group by {{ key }}
        having count(distinct coalesce(cast(due_date as string), '')) > 1
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

named as (

    {% for table, key in tables.items() -%}
        select {{ table }}.invoice_id as record_id
        from {{ table }}
        inner join come on come.table_name = '{{ table }}' and {{ table }}.{{ key }} = come.record_id
        {% if not loop.last -%}
            union distinct
        {% endif -%}
    {% endfor %}

),

final as (

    select
        'invoice' as record_type,
        record_id
    from named

)

select * from final
