{{ config(materialized='replaced_view') }}

with

contacts as (

    select * from {{ ref('int_contacts_this_run') }}
    where direction = 'outbound'

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id in ('inconvenient_time', 'opt_out_statement')

),

-- An hour is inconvenient if it is inconvenient in one of the customer's zones. A message that only confirms an opt-out
-- needs no text about how to opt out.
judged as (

    select
        rules.rule_id,
        contacts.activity_id,
        contacts.unknown_zone,
        contacts.inconvenient_zone,
        cast(rules.earliest_hour as string) || ':00' as earliest,
        cast(rules.latest_hour as string) || ':00' as latest,
        case
            when rules.rule_id = 'inconvenient_time'
                then
                    case
                        when contacts.inconvenient_zone is not null then 'inconvenient'
                        when contacts.unknown_zone is not null then 'no_offset'
                        when contacts.zone_count = 0 then 'no_zone'
                        else 'convenient'
                    end
            when contacts.has_opt_out_text then 'there'
            when position(';' || contacts.notice_type || ';' in ';' || rules.notice_types || ';') > 0
                then 'confirmation'
            when not contacts.has_opt_out_text then 'missing'
            else 'not_landed'
        end as finding
    from contacts
    cross join rules

),

final as (

    select
        rule_id,
        activity_id,
        case
            when finding in ('convenient', 'there') then 'pass'
            when finding = 'confirmation' then 'exception'
            when finding in ('inconvenient', 'missing') then 'presumed_violation'
            else 'insufficient_data'
        end as verdict,
        case finding
            when 'inconvenient'
                then 'Before ' || earliest || ' or after ' || latest || ' in ' || inconvenient_zone || '.'
            when 'no_offset' then 'No offset is known of the time zone ' || unknown_zone || ' on that day.'
            when 'no_zone' then 'No time zone of the customer is known.'
            when 'confirmation' then 'A message of a kind that needs no such statement.'
            when 'missing' then 'The message did not tell how to opt out.'
            when 'not_landed' then 'Whether the message told how to opt out was not landed.'
        end as reason,
        activity_id as first_contact_id,
        activity_id as last_contact_id,
        1 as contact_count
    from judged

)

select * from final
