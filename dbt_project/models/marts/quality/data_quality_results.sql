-- A view: the publication stores what it shows after the last gate, so that this refresh's own results are in it.
{{ config(materialized='replaced_view') }}

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
        -- The error message of a query may quote data.
        case
            when observed like 'could not be checked:%' then 'could not be checked: the log of the refresh says why'
            else observed
        end as observed,
        unexpected_count,
        -- Marts are masked already; of landed values those of columns with personal data or free text stay in the log.
        case
            when
                examples is null
                or gate <> 'arrivals'
                or column_name is null
                or {{ is_shown('table_name', 'column_name') }}
                then examples
            else '***'
        end as examples,
        severity,
        coalesce(accepted, false) as accepted,
        refresh_id
    from check_results

)

select * from final
