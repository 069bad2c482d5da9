with

contacts as (

    select * from {{ ref('int_contacts_this_run') }}
    where channel = 'phone'

),

preferences as (

    select * from {{ ref('stg_collections__contact_preferences') }}
    where
        channel in ('phone', 'all')
        or preference = 'cease'

),

rules as (

    select max(window_days) as window_days
    from {{ ref('contact_rules') }}
    where rule_id in ('call_frequency', 'call_after_conversation')

),

logged as (

    select
        activity_id,
        occurred_at,
        customer_id,
        debt_id,
        basis,
        direction,
        outcome,
        is_right_party_conversation,
        contact_date,
        false as is_one_more
    from contacts

),

-- One more call at the end of the as-of day, for each debt with a call within the rules' longest window. For other
-- debts one more call is allowed.
one_more as (

    select
        'after ' || max(logged.activity_id) as activity_id,
        cast(cast({{ as_of_date() }} as string) || ' 23:59:59.999999' as timestamp) as occurred_at,
        logged.customer_id,
        logged.debt_id,
        logged.basis,
        'outbound' as direction,
        cast(null as string) as outcome,
        false as is_right_party_conversation,
        {{ as_of_date() }} as contact_date,
        true as is_one_more
    from logged
    cross join rules
    where {{ dbt.datediff('logged.contact_date', as_of_date(), 'day') }} < rules.window_days
    group by
        logged.customer_id,
        logged.debt_id,
        logged.basis

),

calls as (

    select * from logged
    union all
    select * from one_more

),

-- A wish names no debt and no caller: it is about all of them. A consent ends when it expires; its withdrawal does not
-- expire.
wished as (

    select
        calls.activity_id,
        max(
            case
                when
                    preferences.preference = 'consent'
                    and calls.occurred_at < coalesce(preferences.expires_at, cast('9999-12-31' as timestamp))
                    then preferences.received_at
            end
        ) as consent_at,
        max(case when preferences.preference <> 'consent' then preferences.received_at end) as revoked_at
    from calls
    inner join preferences
        on
            calls.customer_id = preferences.customer_id
            and calls.occurred_at > preferences.received_at
    group by calls.activity_id

),

-- If a consent and a withdrawal have the same time, the withdrawal counts.
final as (

    select
        calls.*,
        wished.revoked_at,
        case when wished.revoked_at is null or wished.consent_at > wished.revoked_at then wished.consent_at end
            as consent_at
    from calls
    left join wished on calls.activity_id = wished.activity_id

)

select * from final
