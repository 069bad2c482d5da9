with

cases as (

    select * from {{ ref('stg_collections__cases') }}
    where cast(opened_at as date) <= {{ as_of_date() }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- What happened to a case after the as-of day doesn't count yet.
final as (

    select
        cases.case_id,
        cases.customer_id,
        cases.case_type,
        cases.opened_at,
        case when cast(cases.closed_at as date) <= {{ as_of_date() }} then cases.closed_at end as closed_at,
        case when cast(cases.reopened_at as date) <= {{ as_of_date() }} then cases.reopened_at end as reopened_at
    from cases
    inner join customers on cases.customer_id = customers.customer_id

)

select * from final
