{{ config(materialized='view') }}

with

contacts as (

    select * from {{ ref('int_judged_contacts') }}
    where direction = 'outbound'

),

times as (

    select * from {{ ref('int_contact_times') }}

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id = 'inconvenient_time'

),

judged as (

    select
        rules.rule_id,
        rules.earliest_hour,
        rules.latest_hour,
        contacts.activity_id,
        times.unknown_zone,
        times.inconvenient_zone,
        case
            when times.inconvenient_zone is not null then 'presumed_violation'
            when times.zones = 0 or times.unknown_zone is not null then 'insufficient_data'
            else 'pass'
        end as verdict
    from contacts
    inner join times on contacts.activity_id = times.activity_id
    cross join rules

),

final as (

    select
        rule_id,
        activity_id,
        verdict,
        case
            when verdict = 'presumed_violation'
                then
                    'Before ' || cast(earliest_hour as string) || ':00 or after ' || cast(latest_hour as string)
                    || ':00 in ' || inconvenient_zone || '.'
            when unknown_zone is not null
                then 'No offset is known of the time zone ' || unknown_zone || ' on that day.'
            when verdict = 'insufficient_data' then 'No time zone of the customer is known.'
            else
                'Between ' || cast(earliest_hour as string) || ':00 and ' || cast(latest_hour as string)
                || ':00 in every time zone known of the customer.'
        end as reason,
        activity_id as first_contact_id,
        activity_id as last_contact_id,
        1 as contact_count
    from judged

)

select * from final
