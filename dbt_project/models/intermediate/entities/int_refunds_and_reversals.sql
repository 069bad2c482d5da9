{{ config(materialized='replaced_view') }}

with

dated as (

    select * from {{ ref('int_dated_refunds_and_reversals') }}

),

waiting as (

    select
        table_name,
        use_id
    from {{ ref('int_waiting_uses') }}

),

-- A refund or reversal that takes more than its receipt or memo has left waits in quarantine (int_missing_references).
final as (

    select dated.*
    from dated
    left join waiting
        on
            dated.table_name = waiting.table_name
            and dated.use_id = waiting.use_id
    where waiting.use_id is null

)

select * from final
