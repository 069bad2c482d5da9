with

contacts as (

    select * from {{ ref('int_contacts') }}
    where direction = 'outbound'

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id = 'validation_information'

),

final as (

    select distinct contacts.basis
    from contacts
    inner join rules on position(';' || contacts.notice_type || ';' in ';' || rules.notice_types || ';') > 0

)

select * from final
