{{ config(materialized='replaced_view') }}

with

-- What each rule counts. call_frequency: outbound calls, unless something excludes them. The other rule: conversations
-- with the right party, inbound or outbound.
calls as (

    select
        *,
        case rule_id
            when 'call_frequency' then direction = 'outbound' and excluded_because is null
            else is_right_party_conversation
        end as is_counted
    from {{ ref('int_calls_by_rule') }}

),

-- For call_after_conversation one conversation is enough: its window begins with it.
rules as (

    select
        rule_id,
        window_days,
        applies_as_policy,
        case rule_id when 'call_frequency' then max_contacts else 1 end as max_counted
    from {{ ref('contact_rules') }}

),

numbered as (

    select
        calls.*,
        calls.basis = 'law' or rules.applies_as_policy as is_binding,
        rules.window_days,
        rules.max_counted,
        coalesce(
            sum(case when calls.is_counted then 1 else 0 end) over (
                partition by calls.rule_id, calls.customer_id, calls.debt_id, calls.basis
                order by calls.occurred_at asc nulls last, calls.activity_id asc nulls last
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as counted_before
    from calls
    inner join rules on calls.rule_id = rules.rule_id

),

counted as (

    select
        rule_id,
        customer_id,
        debt_id,
        basis,
        activity_id,
        contact_date,
        counted_before + max_counted as counted_up_to
    from numbered
    where is_counted

),

-- A call is one too many if as many calls as the rule allows were counted before it within the window. The day of the
-- first of them is day 1 of the window.
judged as (

    select
        numbered.*,
        counted.activity_id as first_contact_id,
        counted.contact_date as first_contact_date,
        coalesce(
            {{ dbt.datediff('counted.contact_date', 'numbered.contact_date', 'day') }} < numbered.window_days, false
        ) as is_too_many
    from numbered
    left join counted
        on
            numbered.rule_id = counted.rule_id
            and numbered.customer_id = counted.customer_id
            and numbered.debt_id = counted.debt_id
            and numbered.basis = counted.basis
            and numbered.counted_before = counted.counted_up_to
    where numbered.direction = 'outbound'

),

final as (

    select
        rule_id,
        activity_id,
        case
            when is_too_many and excluded_because is not null then 'exception'
            when is_too_many then 'presumed_violation'
            else 'pass'
        end as verdict,
        case
            when is_too_many and excluded_because is not null then 'The call does not count: ' || excluded_because
            when is_too_many and rule_id = 'call_frequency'
                then
                    'More than ' || cast(max_counted as string) || ' calls within ' || cast(window_days as string)
                    || ' consecutive days; the first of them on ' || cast(first_contact_date as string) || '.'
            when is_too_many
                then
                    'A conversation on ' || cast(first_contact_date as string) || ' (day 1) was within the last '
                    || cast(window_days as string) || ' days.'
        end as reason,
        case when is_too_many then first_contact_id else activity_id end as first_contact_id,
        activity_id as last_contact_id,
        case when is_too_many then max_counted + 1 else 1 end as contact_count,
        customer_id,
        is_one_more,
        is_binding
    from judged

)

select * from final
