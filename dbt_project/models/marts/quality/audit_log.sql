-- A view, because the publication stores its rows at the end, when it is among them itself.
{{ config(materialized='replaced_view') }}

with

audit_events as (

    select * from {{ source('operations', 'audit_events') }}

),

final as (

    select
        event_hash,
        logged_at,
        event,
        command,
        account_id,
        subject,
        counts,
        duebook_version
    from audit_events

)

select * from final
