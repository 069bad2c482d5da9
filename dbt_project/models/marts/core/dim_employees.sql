with

employees as (

    select * from {{ ref('stg_collections__employees') }}
    where valid_from <= {{ as_of_date() }}

),

roles as (

    select * from {{ ref('credit_collection_roles') }}

),

ranked as (

    select
        *,
        row_number() over (partition by employee_id order by valid_from desc nulls last) as period_rank,
        min(valid_from) over (partition by employee_id) as employed_since
    from employees

),

-- As of the as-of day, or of the day the employee left. Names are personal data.
final as (

    select
        ranked.employee_id,
        substr(ranked.employee_name, 1, 1) || '***' as employee_name_masked,
        ranked.company_id,
        coalesce(ranked.team, 'unassigned') as team,
        ranked.role,
        roles.role is not null as is_credit_collection_role,
        ranked.manager_id,
        ranked.fte,
        ranked.process_share,
        ranked.employed_since,
        ranked.valid_to as employed_until
    from ranked
    left join roles on ranked.role = roles.role
    where ranked.period_rank = 1

)

select * from final
