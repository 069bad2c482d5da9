with

contacts as (

    select * from {{ ref('int_contacts') }}
    where direction = 'outbound'

),

times as (

    select * from {{ ref('int_contact_times') }}

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id = 'validation_information'

),

-- A communication conveys something: a try that reached nobody, and a notice that came back, convey nothing.
described as (

    select
        contacts.activity_id,
        contacts.occurred_at,
        contacts.customer_id,
        contacts.invoice_id,
        contacts.debt_id,
        contacts.basis,
        times.contact_date,
        rules.rule_id,
        rules.notice_types,
        cast({{ dbt.dateadd('day', 'rules.window_days', 'times.contact_date') }} as date) as last_date,
        case
            when contacts.channel in ('phone', 'visit') then contacts.is_right_party
            else not coalesce(contains(';' || rules.excluded_outcomes || ';', ';' || contacts.outcome || ';'), false)
        end as is_communication,
        coalesce(contains(';' || rules.notice_types || ';', ';' || contacts.notice_type || ';'), false) as is_validation
    from contacts
    inner join times on contacts.activity_id = times.activity_id
    cross join rules

),

-- A debt has its first communication with each: its owner, and the third party it was placed with.
final as (

    select
        *,
        row_number() over (
            partition by customer_id, debt_id, basis, is_communication
            order by occurred_at asc nulls last, activity_id asc nulls last
        ) as communication_number,
        row_number() over (
            partition by customer_id, debt_id, basis, is_communication, is_validation
            order by occurred_at asc nulls last, activity_id asc nulls last
        ) as validation_number
    from described

)

select * from final
