{{
    config(
        materialized='incremental',
        pre_hook="{{ forget(is_named_in(ref('int_touched_activities'), 'activity_id')) }}"
    )
}}

with

contacts as (

    select * from {{ ref('int_contacts') }}
    {% if increments() -%}
        where {{ is_named_in(ref('int_touched_activities'), 'activity_id') }}
    {%- endif %}

),

zone_times as (

    select * from {{ ref('int_contact_zone_times') }}

),

first_known as (

    select
        activity_id,
        min(place) as place
    from zone_times
    where local_date is not null
    group by activity_id

),

summed as (

    select
        zone_times.activity_id,
        count(*) as zones,
        max(case when zone_times.place = first_known.place then zone_times.local_date end) as local_date,
        min(case when zone_times.local_date is null then zone_times.zone_name end) as unknown_zone,
        min(case when zone_times.is_inconvenient then zone_times.zone_name end) as inconvenient_zone
    from zone_times
    left join first_known on zone_times.activity_id = first_known.activity_id
    group by zone_times.activity_id

),

final as (

    select
        contacts.activity_id,
        coalesce(summed.local_date, contacts.day_utc) as contact_date,
        coalesce(summed.zones, 0) as zones,
        summed.unknown_zone,
        summed.inconvenient_zone
    from contacts
    left join summed on contacts.activity_id = summed.activity_id

)

select * from final
