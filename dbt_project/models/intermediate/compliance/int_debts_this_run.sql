with

contacts as (

    select * from {{ ref('int_contacts') }}
    where channel = 'phone'

),

fingerprints as (

    select * from {{ ref('int_debt_fingerprints') }}

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
    cross join rules
    where {{ dbt.datediff('contacts.contact_date', as_of_date(), 'day') }} < rules.window_days

),

-- A run that builds everything asks nobody what has changed.
unioned as (

    select
        customer_id,
        debt_id,
        true as has_changed
    from fingerprints
    where {{ is_of_this_build('changed_in') if given('changed_since') else 'false' }}
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
