with

activities as (

    select * from {{ ref('int_activities') }}
    where {{ this_run(ref('int_activities_this_run'), 'activity_id') }}

),

zones as (

    select * from {{ ref('int_customer_time_zones') }}

),

offsets as (

    select * from {{ ref('time_zone_offsets') }}

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id = 'inconvenient_time'

),

contact_zones as (

    select
        activities.activity_id,
        activities.occurred_at,
        cast(activities.occurred_at as date) as day_utc,
        zones.zone_name,
        zones.zone_number,
        zones.offsets_of
    from activities
    inner join zones on activities.customer_id = zones.customer_id

),

-- A zone has one or two offsets on a day; they are looked up once for each day, not for each contact.
zone_days as (

    select distinct
        offsets_of,
        day_utc
    from contact_zones
    where offsets_of is not null

),

day_offsets as (

    select
        zone_days.offsets_of,
        zone_days.day_utc,
        offsets.valid_from_utc,
        offsets.valid_to_utc,
        offsets.offset_minutes
    from zone_days
    inner join offsets
        on
            zone_days.offsets_of = offsets.offsets_of
            and zone_days.day_utc >= cast(offsets.valid_from_utc as date)
            and zone_days.day_utc <= cast(offsets.valid_to_utc as date)

),

-- Seconds since midnight UTC, plus the offset: below zero is the day before, 86400 and more the day after.
moved as (

    select
        contact_zones.*,
        60 * day_offsets.offset_minutes + cast(
            extract(hour from contact_zones.occurred_at) * 3600
            + extract(minute from contact_zones.occurred_at) * 60
            + floor(extract(second from contact_zones.occurred_at)) as integer
        ) as moved_seconds,
        -- A contact any fraction of a second after the last convenient hour is too late.
        case
            when contact_zones.occurred_at > {{ dbt.date_trunc('second', 'contact_zones.occurred_at') }} then 1
            else 0
        end as begun_second
    from contact_zones
    left join day_offsets
        on
            contact_zones.offsets_of = day_offsets.offsets_of
            and contact_zones.day_utc = day_offsets.day_utc
            and contact_zones.occurred_at >= day_offsets.valid_from_utc
            and contact_zones.occurred_at < day_offsets.valid_to_utc

),

shifted as (

    select
        *,
        case when moved_seconds < 0 then -1 when moved_seconds < 86400 then 0 else 1 end as day_shift
    from moved

),

final as (

    select
        shifted.activity_id,
        shifted.zone_name,
        shifted.zone_number,
        case
            when shifted.moved_seconds is not null
                then cast({{ dbt.dateadd('day', 'shifted.day_shift', 'shifted.day_utc') }} as date)
        end as local_date,
        coalesce(
            shifted.moved_seconds - 86400 * shifted.day_shift < 3600 * rules.earliest_hour
            or shifted.moved_seconds - 86400 * shifted.day_shift + shifted.begun_second > 3600 * rules.latest_hour,
            false
        ) as is_inconvenient
    from shifted
    cross join rules

)

select * from final
