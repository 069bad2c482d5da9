with

quarantined_rows as (

    select * from {{ ref('quarantined_rows') }}
    where found_by = 'load'

),

landed as (

    select * from {{ source('operations', 'quarantined_rows') }}

),

final as (

    select
        quarantined_rows.table_name,
        quarantined_rows.source_file,
        quarantined_rows.load_id,
        quarantined_rows.source_row,
        quarantined_rows.column_name,
        landed.row_key,
        landed.value
    from quarantined_rows
    inner join landed
        on
            quarantined_rows.table_name = landed.table_name
            and quarantined_rows.source_file = landed.source_file
            and quarantined_rows.load_id = landed.load_id
            and quarantined_rows.source_row = landed.source_row
            and quarantined_rows.column_name = landed.column_name

)

select * from final
