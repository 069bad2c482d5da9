with

contacts as (

    select * from {{ ref('int_contacts') }}
    where direction = 'outbound'

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id = 'opt_out_statement'

),

final as (

    select
        rules.rule_id,
        contacts.activity_id,
        case
            when contacts.has_opt_out_text then 'pass'
            when not contacts.has_opt_out_text then 'presumed_violation'
            else 'insufficient_data'
        end as verdict,
        case
            when contacts.has_opt_out_text then 'The message told how to opt out.'
            when not contacts.has_opt_out_text then 'The message did not tell how to opt out.'
            else 'Whether the message told how to opt out was not landed.'
        end as reason,
        contacts.activity_id as first_contact_id,
        contacts.activity_id as last_contact_id,
        1 as contact_count
    from contacts
    cross join rules

)

select * from final
