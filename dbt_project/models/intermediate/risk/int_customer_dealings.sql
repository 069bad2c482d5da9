with

customers as (

    select * from {{ ref('int_customers') }}

),

assignments as (

    select * from {{ ref('int_assignments') }}
    where
        valid_from <= {{ as_of_date() }}
        and (valid_to is null or valid_to >= {{ as_of_date() }})

),

activities as (

    select * from {{ ref('int_activities') }}
    where cast(occurred_at as date) <= {{ as_of_date() }}

),

outcomes as (

    select * from {{ ref('activity_outcomes') }}

),

promises as (

    select * from {{ ref('int_open_promises') }}

),

-- If several employees are assigned, the one assigned last, as in int_cash_by_employee.
owners as (

    select
        customer_id,
        employee_id,
        row_number() over (
            partition by customer_id order by valid_from desc nulls last, employee_id asc nulls last
        ) as turn
    from assignments

),

last_times as (

    select
        customer_id,
        max(occurred_at) as occurred_at
    from activities
    group by customer_id

),

-- If several contacts have the same time, the one with the highest id.
contacts as (

    select
        activities.*,
        row_number() over (partition by activities.customer_id order by activities.activity_id desc nulls last) as turn
    from activities
    inner join last_times
        on
            activities.customer_id = last_times.customer_id
            and activities.occurred_at = last_times.occurred_at

),

-- All promises for one day are added up, over parts and currencies.
expectations as (

    select
        customer_id,
        due_date,
        -- If one promise has no rate, the sum is unknown.
        case when count(*) = count(amount_reporting) then sum(amount_reporting) end as amount,
        row_number() over (partition by customer_id order by due_date asc nulls last) as turn
    from promises
    group by customer_id, due_date

),

-- An outcome that is not mapped is not shown, because it may be any text.
final as (

    select
        customers.customer_id,
        owners.employee_id as owner_employee_id,
        cast(contacts.occurred_at as date) as last_contact_date,
        contacts.channel as last_contact_channel,
        contacts.direction as last_contact_direction,
        case
            when outcomes.outcome is not null then contacts.outcome
            when contacts.outcome is not null then '***'
        end as last_contact_outcome,
        expectations.due_date as next_promise_date,
        expectations.amount as next_promise_amount
    from customers
    left join owners on customers.customer_id = owners.customer_id and owners.turn = 1
    left join contacts on customers.customer_id = contacts.customer_id and contacts.turn = 1
    left join outcomes on contacts.outcome = outcomes.outcome
    left join expectations on customers.customer_id = expectations.customer_id and expectations.turn = 1

)

select * from final
