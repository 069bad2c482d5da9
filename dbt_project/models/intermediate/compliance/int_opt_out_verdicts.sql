{{ config(materialized='view') }}

with

contacts as (

    select * from {{ ref('int_judged_contacts') }}
    where direction = 'outbound'

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id = 'opt_out_statement'

),

-- The confirmation of a wish to opt out says nothing but that it will be honoured.
judged as (

    select
        rules.rule_id,
        contacts.activity_id,
        case
            when contacts.has_opt_out_text then 'there'
            when contains(';' || rules.notice_types || ';', ';' || contacts.notice_type || ';') then 'confirmation'
            when not contacts.has_opt_out_text then 'missing'
            else 'unknown'
        end as finding
    from contacts
    cross join rules

),

final as (

    select
        rule_id,
        activity_id,
        case finding
            when 'there' then 'pass'
            when 'confirmation' then 'exception'
            when 'missing' then 'presumed_violation'
            else 'insufficient_data'
        end as verdict,
        case finding
            when 'there' then 'The message told how to opt out.'
            when 'confirmation' then 'A message of a kind that needs no such statement.'
            when 'missing' then 'The message did not tell how to opt out.'
            else 'Whether the message told how to opt out was not landed.'
        end as reason,
        activity_id as first_contact_id,
        activity_id as last_contact_id,
        1 as contact_count
    from judged

)

select * from final
