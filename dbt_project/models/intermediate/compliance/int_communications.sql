with

contacts as (

    select * from {{ ref('int_contacts_this_run') }}
    where direction = 'outbound'

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id = 'validation_information'

),

-- A communication conveys something: not a call that reached nobody, and not a notice that was returned.
described as (

    select
        contacts.activity_id,
        contacts.occurred_at,
        contacts.customer_id,
        contacts.invoice_id,
        contacts.debt_id,
        contacts.basis,
        contacts.channel,
        contacts.contact_date,
        rules.rule_id,
        rules.notice_types,
        cast({{ dbt.dateadd('day', 'rules.window_days', 'contacts.contact_date') }} as date) as validation_deadline,
        case
            when contacts.channel in ('phone', 'visit') then contacts.is_right_party
            else
                coalesce(position(';' || contacts.outcome || ';' in ';' || rules.excluded_outcomes || ';') = 0, true)
        end as is_communication,
        coalesce(position(';' || contacts.notice_type || ';' in ';' || rules.notice_types || ';') > 0, false)
            as carries_validation
    from contacts
    cross join rules

),

-- Numbered separately for the debt's owner and for the third party it was placed with: each has its first
-- communication.
numbered as (

    select
        *,
        row_number() over (
            partition by customer_id, debt_id, basis, is_communication
            order by occurred_at asc nulls last, activity_id asc nulls last
        ) as communication_number
    from described

),

-- By telephone, validation information counts only in the first communication; after that it has to be sent.
marked as (

    select
        activity_id,
        occurred_at,
        customer_id,
        invoice_id,
        debt_id,
        basis,
        contact_date,
        rule_id,
        notice_types,
        validation_deadline,
        is_communication,
        carries_validation and (channel <> 'phone' or (is_communication and communication_number = 1))
            as is_validation,
        communication_number
    from numbered

),

final as (

    select
        *,
        row_number() over (
            partition by customer_id, debt_id, basis, is_communication, is_validation
            order by occurred_at asc nulls last, activity_id asc nulls last
        ) as validation_number
    from marked

)

select * from final
