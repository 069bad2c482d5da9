{{ config(materialized='view') }}

with

reversals as (

    select * from {{ ref('int_dated_reversals') }}

),

waiting as (

    select use_id as reversal_id from {{ ref('int_waiting_uses') }}
    where table_name = 'reversals'

),

-- What is no longer left of its receipt waits in quarantine (int_missing_references_payments).
final as (

    select reversals.*
    from reversals
    left join waiting on reversals.reversal_id = waiting.reversal_id
    where waiting.reversal_id is null

)

select * from final
