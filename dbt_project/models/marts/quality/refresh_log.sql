-- A view, because the publication stores its rows at the end, when this refresh is among them.
{{ config(materialized='replaced_view') }}

with

refreshes as (

    select * from {{ source('operations', 'refreshes') }}

),

final as (

    select
        refresh_id,
        as_of_date,
        known_as_of,
        started_at,
        ended_at,
        status,
        -- The reason of a failure may contain landed rows; it is in the log of the refresh.
        case
            when detail is not null then split_part(detail, ':', 1) || ': the log of the refresh says why'
        end as detail,
        landed_rows,
        quarantined_rows,
        published_path
    from refreshes

)

select * from final
