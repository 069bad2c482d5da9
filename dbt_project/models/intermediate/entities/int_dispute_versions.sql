{{ config(materialized='replaced_view') }}

with

-- Every version, in the contract's order; a dispute is not closed before it is opened.
landed as (

    select
        dispute_id,
        opened_date,
        case when closed_date < opened_date then opened_date else closed_date end as closed_date,
        amount,
        reason_code,
        resolution,
        cast(coalesce(updated_at, recorded_at, loaded_at) as date) as said_on,
        row_number() over (
            partition by dispute_id
            order by updated_at asc nulls first, source_file_number asc nulls first, source_row asc nulls first
        ) as version_number
    from {{ source('ar', 'disputes') }}
    where
        not coalesce(is_deleted, false)
        and cast(coalesce(recorded_at, loaded_at) as date) <= {{ known_as_of_date() }}

),

ranked as (

    select
        *,
        row_number() over (partition by dispute_id, said_on order by version_number desc nulls last) as turn_of_day
    from landed

),

-- Of what was said on one day the last counts: the rest is corrected within the day.
compared as (

    select
        *,
        lag(closed_date) over (partition by dispute_id order by version_number asc nulls last) as closed_before,
        min(closed_date) over (
            partition by dispute_id order by version_number asc nulls last
            rows between 1 following and unbounded following
        ) as closed_later
    from ranked
    where turn_of_day = 1

),

-- Opened again on a day after its closing: on the day the version gives, else on the day it was said. Not if a later
-- version says that it was closed by that closing: then it was not opened again.
reopened as (

    select
        *,
        case
            when closed_later <= closed_before then null
            when opened_date > closed_before then opened_date
            when closed_date is null and said_on > closed_before then said_on
        end as reopened_date
    from compared

),

final as (

    select
        dispute_id,
        version_number,
        said_on,
        opened_date,
        closed_date,
        amount,
        reason_code,
        resolution,
        reopened_date,
        closed_before,
        1 + count(reopened_date) over (
            partition by dispute_id order by version_number asc nulls last
            rows between unbounded preceding and current row
        ) as spell
    from reopened

)

select * from final
