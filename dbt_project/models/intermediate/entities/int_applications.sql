{{ config(materialized='incremental', unique_key='invoice_id') }}

with

applications as (

    select * from {{ ref('int_dated_applications') }}
    where {{ this_run(ref('int_documents_this_run'), 'invoice_id') }}

),

waiting as (

    select use_id as application_id from {{ ref('int_waiting_uses') }}
    where table_name = 'applications'

),

-- An application that takes more than its receipt or memo has left waits in quarantine (int_missing_references).
final as (

    select applications.*
    from applications
    left join waiting on applications.application_id = waiting.application_id
    where waiting.application_id is null

)

select * from final
