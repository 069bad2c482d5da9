{{ config(materialized='view') }}

with

calls as (

    select * from {{ ref('int_calls_by_rule') }}
    where rule_id = 'call_after_conversation'

),

rules as (

    select * from {{ ref('contact_rules') }}

),

-- Whoever placed the call: the window starts with the conversation.
numbered as (

    select
        calls.*,
        rules.window_days,
        coalesce(
            sum(case when calls.is_conversation then 1 else 0 end) over (
                partition by calls.customer_id, calls.debt_id, calls.basis
                order by calls.occurred_at asc nulls last, calls.activity_id asc nulls last
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as conversations_before
    from calls
    inner join rules on calls.rule_id = rules.rule_id

),

conversations as (

    select
        customer_id,
        debt_id,
        basis,
        activity_id,
        contact_date,
        conversations_before + 1 as conversation_number
    from numbered
    where is_conversation

),

-- The conversation's day is day 1.
judged as (

    select
        numbered.*,
        conversations.activity_id as conversation_id,
        conversations.contact_date as conversation_date,
        coalesce(
            {{ dbt.datediff('conversations.contact_date', 'numbered.contact_date', 'day') }} < numbered.window_days,
            false
        ) as is_too_soon
    from numbered
    left join conversations
        on
            numbered.customer_id = conversations.customer_id
            and numbered.debt_id = conversations.debt_id
            and numbered.basis = conversations.basis
            and numbered.conversations_before = conversations.conversation_number

),

final as (

    select
        rule_id,
        activity_id,
        case
            when is_too_soon and excluded_because is not null then 'exception'
            when is_too_soon then 'presumed_violation'
            else 'pass'
        end as verdict,
        case
            when is_too_soon and excluded_because is not null then 'The call does not count: ' || excluded_because
            when is_too_soon
                then
                    'A conversation on ' || cast(conversation_date as string) || ' (day 1) was within the last '
                    || cast(window_days as string) || ' days.'
        end as reason,
        case when is_too_soon then conversation_id else activity_id end as first_contact_id,
        activity_id as last_contact_id,
        case when is_too_soon then 2 else 1 end as contact_count
    from judged
    where direction = 'outbound'

)

select * from final
