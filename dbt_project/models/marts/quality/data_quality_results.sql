-- A view: the publication copies it after the last gate, so that this refresh's own results are in it.
{{ config(materialized='view') }}

with

check_results as (

    select * from {{ source('operations', 'check_results') }}

),

final as (

    select
        checked_at,
        as_of_date,
        gate,
        table_name,
        expectation,
        column_name,
        success,
        observed,
        unexpected_count,
        examples,
        severity
    from check_results

)

select * from final
