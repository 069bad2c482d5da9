with

cases as (

    select * from {{ ref('stg_collections__cases') }}
    where cast(closed_at as date) <= {{ as_of_date() }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

activities as (

    select * from {{ ref('int_activities') }}

),

-- Contacts about the case until it was closed; what came after belongs to its reopening.
contacted as (

    select
        cases.case_id,
        count(activities.activity_id) as contacts
    from cases
    left join activities
        on
            cases.case_id = activities.case_id
            and cases.closed_at >= activities.occurred_at
    group by cases.case_id

),

final as (

    select
        cases.case_id,
        cases.customer_id,
        customers.segment,
        cast(cases.closed_at as date) as closed_date,
        contacted.contacts,
        coalesce(
            cast(cases.reopened_at as date) <= {{ as_of_date() }}
            and cast(cases.reopened_at as date)
            <= cast({{ dbt.dateadd('day', var('case_reopen_days'), 'cast(cases.closed_at as date)') }} as date),
            false
        ) as is_reopened
    from cases
    inner join customers on cases.customer_id = customers.customer_id
    inner join contacted on cases.case_id = contacted.case_id

)

select * from final
