{#- The tables with words that a seed lists (of which columns, the contract says), and these seeds. -#}
{%- set landed = {
    'activities': ref('stg_collections__activities'),
    'adjustments': ref('stg_ar__adjustments'),
    'credit_memos': ref('stg_ar__credit_memos'),
    'disputes': ref('stg_ar__disputes'),
    'receipts': ref('stg_payments__receipts'),
    'reversals': ref('stg_payments__reversals'),
} -%}
{%- set lists = {
    'activity_outcomes': (ref('activity_outcomes'), 'outcome'),
    'reason_codes': (ref('reason_codes'), 'reason_code'),
} -%}

with

files as (

    select * from {{ source('operations', 'loaded_files') }}

),

last_loads as (

    select
        table_name,
        max(loaded_at) as loaded_at
    from {{ source('operations', 'landed_columns') }}
    group by table_name

),

words as (

    select
        table_name,
        column_name,
        source_file_number
    from {{ source('operations', 'quarantined_rows') }}
    where
        reason like 'Expected one of %'
        or reason like 'Expected a currency code %'
    {% for table_name, column, seed in contract_words() -%}
        union all
        select
            '{{ table_name }}' as table_name,
            '{{ column }}' as column_name,
            files.file_number as source_file_number
        from {{ landed[table_name] }} as landed
        inner join files on landed.load_id = files.load_id and landed.source_file = files.source_file
        left join {{ lists[seed][0] }} as listed on landed.{{ column }} = listed.{{ lists[seed][1] }}
        where
            landed.{{ column }} is not null
            and listed.{{ lists[seed][1] }} is null
    {% endfor %}

),

-- A column is found once a file, in all its rows; a word once a row.
found as (

    select
        findings.table_name,
        findings.column_name,
        findings.finding,
        findings.found,
        findings.source_file_number,
        files.rows_read as row_count
    from {{ ref('int_column_findings') }} as findings
    inner join files on findings.source_file_number = files.file_number
    union all
    select
        table_name,
        column_name,
        'unknown_word' as finding,
        -- Such a cell may hold anything, also where its column is for no person's name.
        '***' as found,
        source_file_number,
        1 as row_count
    from words

),

dated as (

    select
        found.table_name,
        found.column_name,
        found.finding,
        found.found,
        sum(found.row_count) as row_count,
        min(files.loaded_at) as first_seen_at,
        max(files.loaded_at) as last_seen_at,
        max(files.file_number) as last_file_number
    from found
    inner join files on found.source_file_number = files.file_number
    group by found.table_name, found.column_name, found.finding, found.found

),

-- Where no load has noted its columns yet, all there is stands as it is.
final as (

    select
        dated.table_name,
        dated.column_name,
        dated.finding,
        dated.found,
        coalesce(dated.last_seen_at >= last_loads.loaded_at, true) as is_current,
        cast(dated.row_count as bigint) as row_count,
        dated.first_seen_at,
        dated.last_seen_at,
        files.source_file
    from dated
    inner join files on dated.last_file_number = files.file_number
    left join last_loads on dated.table_name = last_loads.table_name

)

select * from final
