with

employees as (

    select * from {{ ref('stg_collections__employees') }}

),

roles as (

    select * from {{ ref('credit_collection_roles') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- The part of the month in which each period of employment held, in days.
overlapping as (

    select
        months.month_end,
        employees.employee_id,
        coalesce(employees.team, 'unassigned') as team,
        employees.fte * employees.process_share as fte,
        {{ dbt.datediff(
            'greatest(employees.valid_from, months.month_start)',
            'least(coalesce(employees.valid_to, months.balance_date), months.balance_date)',
            'day'
        ) }} + 1 as days_employed,
        months.days,
        employees.valid_from <= months.balance_date
        and coalesce(employees.valid_to, months.balance_date) >= months.balance_date as is_employed_at_end
    from employees
    inner join roles on employees.role = roles.role
    inner join months
        on
            employees.valid_from <= months.balance_date
            and (employees.valid_to is null or employees.valid_to >= months.month_start)

),

final as (

    select
        month_end,
        team,
        employee_id,
        sum(cast(fte * days_employed as decimal(38, 8))) as fte_days,
        max(days) as days,
        max(case when is_employed_at_end then 1 else 0 end) as headcount
    from overlapping
    group by
        month_end,
        team,
        employee_id

)

select * from final
