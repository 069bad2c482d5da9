with

contacts as (

    select * from {{ ref('int_contacts') }}
    where channel = 'phone'

),

times as (

    select * from {{ ref('int_contact_times') }}

),

preferences as (

    select * from {{ ref('stg_collections__contact_preferences') }}
    where
        preference = 'consent'
        and channel in ('phone', 'all')

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id in ('call_frequency', 'call_after_conversation')

),

calls as (

    select
        rules.rule_id,
        contacts.customer_id,
        contacts.activity_id,
        contacts.occurred_at,
        times.contact_date,
        contacts.debt_id,
        contacts.direction,
        contacts.outcome,
        contacts.is_conversation,
        rules.window_days,
        coalesce(contains(';' || rules.excluded_outcomes || ';', ';' || contacts.outcome || ';'), false)
            as is_unconnected,
        case
            when contains(';' || rules.consent_outcomes || ';', ';' || contacts.outcome || ';') then times.contact_date
        end as consent_date
    from contacts
    inner join times on contacts.activity_id = times.activity_id
    cross join rules

),

stacked as (

    select
        rule_id,
        customer_id,
        activity_id,
        occurred_at,
        consent_date
    from calls
    union all
    select
        rules.rule_id,
        preferences.customer_id,
        cast(null as string) as activity_id,
        preferences.received_at as occurred_at,
        cast(preferences.received_at as date) as consent_date
    from preferences
    cross join rules

),

-- Consent is given to the caller by the person, whichever debt it was about.
followed as (

    select
        rule_id,
        activity_id,
        max(consent_date) over (
            partition by rule_id, customer_id
            order by occurred_at asc nulls last, activity_id asc nulls first
            rows between unbounded preceding and 1 preceding
        ) as consent_date
    from stacked

),

-- A call that did not connect, or that the person agreed to within the window, does not count.
final as (

    select
        calls.rule_id,
        calls.customer_id,
        calls.debt_id,
        calls.activity_id,
        calls.occurred_at,
        calls.contact_date,
        calls.direction,
        calls.is_conversation,
        case
            when calls.is_unconnected then 'it did not connect (' || calls.outcome || ').'
            when {{ dbt.datediff('followed.consent_date', 'calls.contact_date', 'day') }} < calls.window_days
                then
                    'the person agreed to be called on ' || cast(followed.consent_date as string) || ', within '
                    || cast(calls.window_days as string) || ' days.'
        end as excluded_because
    from calls
    inner join followed
        on
            calls.rule_id = followed.rule_id
            and calls.activity_id = followed.activity_id

)

select * from final
