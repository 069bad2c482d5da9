{{ config(materialized='view') }}

with

calls as (

    select * from {{ ref('int_calls_by_rule') }}
    where
        rule_id = 'call_frequency'
        and direction = 'outbound'

),

rules as (

    select * from {{ ref('contact_rules') }}

),

-- A call that does not count takes the number the next one that counts will have.
numbered as (

    select
        calls.*,
        rules.max_contacts,
        rules.window_days,
        1 + coalesce(
            sum(case when calls.excluded_because is null then 1 else 0 end) over (
                partition by calls.customer_id, calls.debt_id, calls.basis
                order by calls.occurred_at asc nulls last, calls.activity_id asc nulls last
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as call_number
    from calls
    inner join rules on calls.rule_id = rules.rule_id

),

counted as (

    select
        customer_id,
        debt_id,
        basis,
        activity_id,
        contact_date,
        call_number + max_contacts as last_call_number
    from numbered
    where excluded_because is null

),

-- One call too many: the one as many calls ago as are allowed is still within the window.
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
            numbered.customer_id = counted.customer_id
            and numbered.debt_id = counted.debt_id
            and numbered.basis = counted.basis
            and numbered.call_number = counted.last_call_number

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
            when is_too_many
                then
                    'More than ' || cast(max_contacts as string) || ' calls within ' || cast(window_days as string)
                    || ' consecutive days; the first of them on ' || cast(first_contact_date as string) || '.'
        end as reason,
        case when is_too_many then first_contact_id else activity_id end as first_contact_id,
        activity_id as last_contact_id,
        case when is_too_many then max_contacts + 1 else 1 end as contact_count
    from judged

)

select * from final
