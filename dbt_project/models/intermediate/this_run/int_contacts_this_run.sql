{{ config(materialized='replaced_view') }}

with

contacts as (

    select * from {{ ref('int_contacts') }}

),

rules as (

    select max(window_days) as window_days
    from {{ ref('contact_rules') }}
    where rule_id in ('call_frequency', 'call_after_conversation')

),

-- Whether one more call is too many can change every day.
called as (

    select
        contacts.customer_id,
        contacts.debt_id
    from contacts
    cross join rules
    where
        contacts.channel = 'phone'
        and {{ dbt.datediff('contacts.contact_date', as_of_date(), 'day') }} < rules.window_days

),

final as (

    select * from contacts
    where
        {{ this_run(ref('int_debts_this_run'), ['customer_id', 'debt_id']) }}
        or (customer_id, debt_id) in (
            select
                called.customer_id,
                called.debt_id
            from called
        )

)

select * from final
