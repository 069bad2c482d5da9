{{ config(materialized='replaced_view') }}

with

contacts as (

    select * from {{ ref('int_contacts_this_run') }}

),

preferences as (

    select * from {{ ref('stg_collections__contact_preferences') }}

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id in ('contact_after_cease', 'contact_after_stop')

),

-- The contact before it in the same channel shows whether a contact answers an inbound one.
followed as (

    select
        *,
        lag(direction) over in_medium as direction_before,
        lag(activity_id) over in_medium as activity_id_before,
        lag(occurred_at) over in_medium as occurred_at_before
    from contacts
    window in_medium as (
        partition by customer_id, channel order by occurred_at asc nulls last, activity_id asc nulls last
    )

),

-- Wishes that were received before the contact and had not expired: for its channel or for all; a cease notice is for
-- all.
wished as (

    select
        contacts.activity_id,
        max(case when preferences.preference = 'cease' then preferences.received_at end) as cease_at,
        max(case when preferences.preference = 'stop' then preferences.received_at end) as stop_at,
        max(case when preferences.preference = 'consent' then preferences.received_at end) as consent_at
    from contacts
    inner join preferences
        on
            contacts.customer_id = preferences.customer_id
            and contacts.occurred_at > preferences.received_at
            and contacts.occurred_at < coalesce(preferences.expires_at, cast('9999-12-31' as timestamp))
            and (preferences.channel in (contacts.channel, 'all') or preferences.preference = 'cease')
    group by contacts.activity_id

),

judged as (

    select
        rules.rule_id,
        followed.activity_id,
        followed.activity_id_before,
        wished.cease_at,
        wished.stop_at,
        wished.consent_at,
        case
            when rules.rule_id = 'contact_after_cease' and wished.cease_at is not null
                then
                    case
                        when wished.consent_at > wished.cease_at then 'consented'
                        when
                            position(';' || followed.notice_type || ';' in ';' || rules.notice_types || ';') > 0
                            then 'allowed_notice'
                        else 'ceased'
                    end
            when rules.rule_id = 'contact_after_stop' and wished.stop_at is not null
                then
                    case
                        when wished.consent_at > wished.stop_at then 'lifted'
                        when
                            position(';' || followed.notice_type || ';' in ';' || rules.notice_types || ';') > 0
                            then 'confirmation'
                        when followed.direction_before = 'inbound' and followed.occurred_at_before > wished.stop_at
                            then 'answer'
                        else 'stopped'
                    end
            else 'no_wish'
        end as finding
    from followed
    cross join rules
    left join wished on followed.activity_id = wished.activity_id
    where followed.direction = 'outbound'

),

final as (

    select
        rule_id,
        activity_id,
        case
            when finding in ('ceased', 'stopped') then 'presumed_violation'
            when finding in ('consented', 'allowed_notice', 'confirmation', 'answer') then 'exception'
            else 'pass'
        end as verdict,
        case finding
            when 'ceased' then 'A cease notice was received on ' || cast(cast(cease_at as date) as string) || '.'
            when 'consented'
                then 'Consent was received on ' || cast(cast(consent_at as date) as string) || ', after a cease notice.'
            when 'allowed_notice' then 'A notice of a kind that may follow a cease notice.'
            when 'stopped'
                then 'A stop request for this medium was received on ' || cast(cast(stop_at as date) as string) || '.'
            when 'confirmation' then 'A notice of a kind that may follow a stop request.'
            when 'answer' then 'The first answer to a contact that came in by this medium after the stop request.'
        end as reason,
        case when finding = 'answer' then activity_id_before else activity_id end as first_contact_id,
        activity_id as last_contact_id,
        case when finding = 'answer' then 2 else 1 end as contact_count
    from judged

)

select * from final
