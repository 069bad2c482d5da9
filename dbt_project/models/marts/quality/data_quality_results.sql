-- A view, because the publication stores its rows after the last gate, when it has the results of this refresh.
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
        -- The error message of a query may contain data.
        case
            when observed like 'could not be checked:%' then 'could not be checked: the log of the refresh says why'
            else observed
        end as observed,
        unexpected_count,
        -- Values of marts are masked already, and so are landed ones since the gates mask them; older results are not.
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
        refresh_id,
        case
            when success then 'passed'
            when accepted then 'accepted'
            when severity = 'critical' then 'failed'
            else severity
        end as outcome
    from check_results

)

select * from final
