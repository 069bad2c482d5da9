with

contact_rules as (

    select * from {{ ref('contact_rules') }}

),

final as (

    select
        rule_id,
        rule_name,
        citation,
        legal_basis,
        applies_as_policy,
        channels,
        max_contacts,
        window_days,
        earliest_hour,
        latest_hour,
        notice_types,
        excluded_outcomes,
        consent_outcomes
    from contact_rules

)

select * from final
