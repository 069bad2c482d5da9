with

logged as (

    select * from {{ ref('int_calls') }}

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id in ('call_frequency', 'call_after_conversation')

),

calls as (

    select
        rules.rule_id,
        logged.*,
        cast(logged.consent_at as date) as consent_date,
        rules.window_days,
        coalesce(position(';' || logged.outcome || ';' in ';' || rules.excluded_outcomes || ';') > 0, false)
            as is_unconnected,
        coalesce(position(';' || logged.outcome || ';' in ';' || rules.consent_outcomes || ';') > 0, false)
            as is_asked_for,
        row_number() over (
            partition by rules.rule_id, logged.customer_id, logged.debt_id, logged.basis
            order by logged.occurred_at asc nulls last, logged.activity_id asc nulls last
        ) as call_number
    from logged
    cross join rules

),

-- A consent given in a call is about the debt of the call, and is given to the caller: the owner, or the third party.
followed as (

    select
        *,
        max(case when is_asked_for then call_number end) over before_it as asked_number,
        max(case when is_asked_for then occurred_at end) over before_it as asked_at,
        max(case when is_asked_for then contact_date end) over before_it as asked_date,
        max(case when is_right_party_conversation then call_number end) over before_it as talk_number,
        max(case when is_right_party_conversation then occurred_at end) over before_it as talked_at
    from calls
    window before_it as (
        partition by rule_id, customer_id, debt_id, basis
        order by call_number asc nulls last
        rows between unbounded preceding and 1 preceding
    )

),

-- Consent ends with its withdrawal, and with the next conversation about the debt.
agreed as (

    select
        *,
        case
            when
                asked_number >= coalesce(talk_number, 0)
                and asked_at > coalesce(revoked_at, cast('0001-01-01' as timestamp))
                and {{ dbt.datediff('asked_date', 'contact_date', 'day') }} < window_days
                then asked_date
            when
                consent_at >= coalesce(talked_at, consent_at)
                and {{ dbt.datediff('consent_date', 'contact_date', 'day') }} < window_days
                then consent_date
        end as agreed_date
    from followed

),

final as (

    select
        rule_id,
        customer_id,
        debt_id,
        basis,
        activity_id,
        occurred_at,
        contact_date,
        direction,
        is_right_party_conversation,
        is_one_more,
        case
            when is_unconnected then 'it did not connect (' || outcome || ').'
            when agreed_date is not null
                then
                    'the person agreed to be called on ' || cast(agreed_date as string) || ', within '
                    || cast(window_days as string) || ' days.'
        end as excluded_because
    from agreed

)

select * from final
