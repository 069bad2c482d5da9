with recursive

customers as (

    select * from {{ ref('int_customers') }}

),

time_zones as (

    select * from {{ ref('time_zones') }}

),

lists as (

    select distinct
        timezones,
        timezones || ';' as zones_left
    from customers
    where timezones is not null

),

-- Each step takes one zone from the front of the list. The order is kept, because the first known zone gives the day.
peeled as (

    select
        timezones,
        cast(0 as integer) as zone_number,
        cast('' as string) as zone_name,
        zones_left
    from lists
    union all
    select
        timezones,
        zone_number + 1 as zone_number,
        cast(trim(split_part(zones_left, ';', 1)) as string) as zone_name,
        substring(zones_left, length(split_part(zones_left, ';', 1)) + 2) as zones_left
    from peeled
    where length(zones_left) > 0

),

named as (

    select
        timezones,
        zone_name,
        min(zone_number) as zone_number
    from peeled
    where length(zone_name) > 0
    group by
        timezones,
        zone_name

),

final as (

    select
        customers.customer_id,
        named.zone_name,
        named.zone_number,
        time_zones.offsets_of
    from customers
    inner join named on customers.timezones = named.timezones
    left join time_zones on named.zone_name = time_zones.zone

)

select * from final
