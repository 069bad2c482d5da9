with

employees as (

    select * from {{ ref('stg_collections__employees') }}
    where valid_from <= {{ as_of_date() }}

),

ranked as (

    select
        *,
        row_number() over (partition by employee_id order by valid_from desc nulls last) as period_rank
    from employees

),

final as (

    select
        employee_id,
        employee_name
    from ranked
    where period_rank = 1

)

select * from final
