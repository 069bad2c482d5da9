-- A view: the publication stores what it shows, so that this refresh is in it.
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
        -- Why it failed may quote landed rows: the log of the refresh says it.
        case
            when detail is not null then split_part(detail, ':', 1) || ': the log of the refresh says why'
        end as detail,
        landed_rows,
        quarantined_rows,
        published_path
    from refreshes

)

select * from final
