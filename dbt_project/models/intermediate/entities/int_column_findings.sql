with

landed_columns as (

    select
        *,
        dense_rank() over (partition by table_name order by loaded_at nulls last) as load_number,
        lag(landed_type) over (
            partition by table_name, column_name, case when landed_type is null then 1 else 0 end
            order by source_file_number nulls last
        ) as type_before
    from {{ source('operations', 'landed_columns') }}

),

files as (

    select
        table_name,
        source_file_number,
        load_number
    from landed_columns
    group by table_name, source_file_number, load_number

),

-- Each load had the column from the first that had it up to the last: one that comes and goes doesn't vanish.
steady as (

    select
        table_name,
        column_name,
        max(load_number) as last_load_number
    from landed_columns
    where contract_type is not null
    group by table_name, column_name
    having count(distinct load_number) = max(load_number) - min(load_number) + 1

),

final as (

    select
        table_name,
        column_name,
        'new_column' as finding,
        coalesce(landed_type, '') as found,
        source_file_number
    from landed_columns
    where contract_type is null
    union all
    select
        table_name,
        column_name,
        'retyped_column' as finding,
        type_before || ' -> ' || landed_type as found,
        source_file_number
    from landed_columns
    where
        contract_type is not null
        and landed_type <> type_before
    union all
    select
        steady.table_name,
        steady.column_name,
        'vanished_column' as finding,
        '' as found,
        files.source_file_number
    from steady
    inner join files on steady.table_name = files.table_name
    where steady.last_load_number < files.load_number

)

select * from final
