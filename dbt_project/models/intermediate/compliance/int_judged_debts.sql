with

contacts as (

    select * from {{ ref('int_contacts') }}
    where channel = 'phone'

),

times as (

    select * from {{ ref('int_contact_times') }}

),

changed as (

    select * from {{ ref('int_changed_debts') }}

),

rules as (

    select max(window_days) as window_days
    from {{ ref('contact_rules') }}
    where rule_id in ('call_frequency', 'call_after_conversation')

),

-- Whether one more call would be one too many is another question every day.
called as (

    select distinct
        contacts.customer_id,
        contacts.debt_id,
        false as has_changed
    from contacts
    inner join times on contacts.activity_id = times.activity_id
    cross join rules
    where {{ dbt.datediff('times.contact_date', as_of_date(), 'day') }} < rules.window_days

),

unioned as (

    select
        customer_id,
        debt_id,
        true as has_changed
    from changed
    union all
    select * from called

),

final as (

    select
        customer_id,
        debt_id,
        max(case when has_changed then 1 else 0 end) = 1 as has_changed
    from unioned
    group by
        customer_id,
        debt_id

)

select * from final
