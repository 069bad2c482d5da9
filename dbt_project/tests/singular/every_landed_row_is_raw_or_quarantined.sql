-- Guards: raw and quarantine together hold every row that landed.
-- Why it matters: a row that is lost while loading is lost for ever, and nobody would know.
-- A row is a table whose raw rows are not those of its files, or a file with more rows than were kept.
with

loaded_files as (

    select * from {{ source('operations', 'loaded_files') }}

),

by_table as (

    select
        table_name,
        sum(rows_loaded) as rows_loaded,
        sum(rows_read - rows_loaded - rows_quarantined) as rows_lost
    from loaded_files
    group by table_name

),

in_raw as (

    {% for source_name, tables in contract_tables().items() -%}
    {% set is_last_source = loop.last -%}
    {% for table_name in tables -%}
    select '{{ table_name }}' as table_name, count(*) as raw_rows from {{ source(source_name, table_name) }}
    {% if not (is_last_source and loop.last) %}union all
    {% endif -%}
    {% endfor -%}
    {% endfor %}

)

select
    by_table.table_name,
    by_table.rows_loaded,
    in_raw.raw_rows,
    by_table.rows_lost
from by_table
left join in_raw on by_table.table_name = in_raw.table_name
where
    by_table.rows_lost <> 0
    or by_table.rows_loaded <> in_raw.raw_rows
