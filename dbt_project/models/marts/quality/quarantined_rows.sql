with

found_by_load as (

    select * from {{ source('operations', 'quarantined_rows') }}

),

found_by_models as (

    select * from {{ ref('int_missing_references') }}

),

-- Rows that a corrected row has replaced, which landed later.
corrected as (

    {% for source_name, tables in contract_tables().items() -%}
    {% for table_name in tables -%}
    select distinct
        bad.table_name,
        bad.source_file_number,
        bad.source_row
    from found_by_load as bad
    inner join {{ source(source_name, table_name) }} as landed
        on
            bad.row_key = {{ row_key('landed', contract_key(source_name, table_name)) }}
            and (
                landed.source_file_number > bad.source_file_number
                or (landed.source_file_number = bad.source_file_number and landed.source_row > bad.source_row)
            )
    where bad.table_name = '{{ table_name }}'
    {% if not loop.last %}union all
    {% endif -%}
    {% endfor -%}
    {% if not loop.last %}union all
    {% endif -%}
    {% endfor %}

),

still_bad as (

    select found_by_load.*
    from found_by_load
    left join corrected
        on
            found_by_load.table_name = corrected.table_name
            and found_by_load.source_file_number = corrected.source_file_number
            and found_by_load.source_row = corrected.source_row
    where corrected.table_name is null

),

found as (

    select
        table_name,
        row_key,
        column_name,
        value,
        reason,
        'load' as found_by,
        source_file,
        source_row,
        load_id,
        loaded_at
    from still_bad
    union all
    select
        table_name,
        row_key,
        column_name,
        value,
        reason,
        'models' as found_by,
        source_file,
        source_row,
        load_id,
        loaded_at
    from found_by_models

),

-- Values are shown if their column is known and neither personal data nor free text. The landed file has all values.
final as (

    select
        table_name,
        row_key,
        column_name,
        case
            when value is null or {{ is_shown_cell('table_name', 'column_name', 'value') }} then value
            else '***'
        end as value,
        reason,
        found_by,
        source_file,
        source_row,
        load_id,
        loaded_at
    from found

)

select * from final
