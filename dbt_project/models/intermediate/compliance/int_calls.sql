with

contacts as (

    select * from {{ ref('int_judged_contacts') }}
    where channel = 'phone'

),

times as (

    select * from {{ ref('int_contact_times') }}

),

rules as (

    select max(window_days) as window_days
    from {{ ref('contact_rules') }}
    where rule_id in ('call_frequency', 'call_after_conversation')

),

logged as (

    select
        contacts.activity_id,
        contacts.occurred_at,
        contacts.customer_id,
        contacts.debt_id,
        contacts.basis,
        contacts.direction,
        contacts.outcome,
        contacts.is_conversation,
        times.contact_date,
        false as is_one_more
    from contacts
    inner join times on contacts.activity_id = times.activity_id

),

-- Whoever was last called longer ago than the rules look back may be called.
one_more as (

    select
        'after ' || max(logged.activity_id) as activity_id,
        cast(cast({{ as_of_date() }} as string) || ' 23:59:59.999999' as timestamp) as occurred_at,
        logged.customer_id,
        logged.debt_id,
        logged.basis,
        'outbound' as direction,
        cast(null as string) as outcome,
        false as is_conversation,
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

final as (

    select * from logged
    union all
    select * from one_more

)

select * from final
