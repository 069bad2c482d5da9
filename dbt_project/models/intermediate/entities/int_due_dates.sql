{{ config(materialized='incremental', unique_key='invoice_id') }}

with

versions as (

    select * from {{ ref('int_due_date_versions') }}
    where {{ this_run(ref('int_documents_this_run'), 'invoice_id') }}

),

numbered as (

    select
        *,
        max(version_number) over (
            partition by table_name, record_id order by recorded_on asc nulls last
            range between unbounded preceding and current row
        ) as latest_number
    from versions

),

-- On each day the latest of the versions recorded by then is in force. An older version that is recorded later is never
-- in force.
in_force as (

    select
        *,
        lag(version_number) over by_day as previous_number,
        lag(due_date) over by_day as previous_due_date
    from numbered
    where version_number = latest_number
    window
        by_day as (partition by table_name, record_id order by recorded_on asc nulls last)

),

-- The first version is in force from the beginning, however late it was recorded.
changed as (

    select
        *,
        case when previous_number is null then cast('0001-01-01' as date) else recorded_on end as in_force_from
    from in_force
    where
        previous_number is null
        or due_date is distinct from previous_due_date

),

final as (

    select
        table_name,
        record_id,
        invoice_id,
        instalment_id,
        due_date,
        in_force_from,
        lead(in_force_from) over (
            partition by table_name, record_id order by in_force_from asc nulls last
        ) as in_force_until,
        recorded_at
    from changed

)

select * from final
