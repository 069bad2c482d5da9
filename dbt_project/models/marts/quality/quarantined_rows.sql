{#- The columns of keys, as `table.column`. -#}
{%- set keys = [] -%}
{%- for source_name, tables in contract_tables().items() -%}
    {%- for table_name in tables -%}
        {%- for column in contract_key(source_name, table_name) -%}
            {%- do keys.append(table_name ~ '.' ~ column) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endfor -%}

with

landed_badly as (

    select * from {{ source('operations', 'quarantined_rows') }}

),

-- A key with a cell at fault may hold anything, as that cell does.
found_by_load as (

    select
        *,
        case
            when
                max(case when table_name || '.' || column_name in ('{{ keys | join("', '") }}') then 1 else 0 end)
                    over (partition by table_name, source_file_number, source_row)
                = 0
                then row_key
        end as sound_key
    from landed_badly

),

found_by_models as (

    select * from {{ ref('int_missing_references') }}
    union all
    select * from {{ ref('int_refused_parents') }}

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

-- What the loader found is masked: where a row's cells are shifted, any of them may hold a name. What models found are
-- ids and amounts. The cells themselves are in the personal mart quarantined_cells.
final as (

    select
        table_name,
        sound_key as row_key,
        column_name,
        case when value is not null then '***' end as value,
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

)

select * from final
