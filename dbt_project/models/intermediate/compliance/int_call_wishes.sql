with

calls as (

    select * from {{ ref('int_calls') }}

),

preferences as (

    select * from {{ ref('stg_collections__contact_preferences') }}
    where
        channel in ('phone', 'all')
        or preference = 'cease'

),

-- A wish names no debt and no caller: it is about all of them. Consent lasts until its end, taking it back has none.
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

-- Of two at one time the stricter counts.
standing as (

    select
        activity_id,
        revoked_at,
        case when revoked_at is null or consent_at > revoked_at then consent_at end as consent_at
    from wished

),

final as (

    select
        activity_id,
        consent_at,
        cast(consent_at as date) as consent_date,
        revoked_at
    from standing

)

select * from final
