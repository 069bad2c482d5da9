{{ config(materialized='view') }}

with

refunds as (

    select * from {{ ref('int_dated_refunds') }}

),

waiting as (

    select use_id as refund_id from {{ ref('int_waiting_uses') }}
    where table_name = 'refunds'

),

-- What its receipt or memo can't bear waits in quarantine (int_missing_references_payments).
final as (

    select refunds.*
    from refunds
    left join waiting on refunds.refund_id = waiting.refund_id
    where waiting.refund_id is null

)

select * from final
