with

employees as (

    select * from {{ ref('stg_collections__employees') }}

),

-- Which team an employee was in, over time. Where periods overlap the earlier one ends: no fact counts twice.
ordered as (

    select
        employee_id,
        coalesce(team, 'unassigned') as team,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by employee_id order by valid_from asc nulls last) as next_valid_from
    from employees

),

final as (

    select
        employee_id,
        team,
        valid_from,
        case
            when next_valid_from is null then valid_to
            when valid_to is null or valid_to >= next_valid_from
                then cast({{ dbt.dateadd('day', -1, 'next_valid_from') }} as date)
            else valid_to
        end as valid_to
    from ordered

)

select * from final
