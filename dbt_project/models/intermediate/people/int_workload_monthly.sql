with

employees as (

    select * from {{ ref('stg_collections__employees') }}

),

roles as (

    select * from {{ ref('credit_collection_roles') }}

),

assignments as (

    select * from {{ ref('int_assignments') }}

),

active_customers as (

    select * from {{ ref('int_active_customers_monthly') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- How many days of the month each period of employment covers.
employed as (

    select
        months.month_end,
        months.balance_date,
        employees.employee_id,
        coalesce(employees.team, 'unassigned') as team,
        employees.fte * employees.process_share as fte,
        {{ dbt.datediff(
            'greatest(employees.valid_from, months.month_start)',
            'least(coalesce(employees.valid_to, months.balance_date), months.balance_date)',
            'day'
        ) }} + 1 as days_employed,
        employees.valid_from <= months.balance_date
        and coalesce(employees.valid_to, months.balance_date) >= months.balance_date as is_employed_at_end
    from employees
    inner join roles on employees.role = roles.role
    inner join months
        on
            employees.valid_from <= months.balance_date
            and (employees.valid_to is null or employees.valid_to >= months.month_start)

),

staffed as (

    select
        month_end,
        balance_date,
        team,
        employee_id,
        sum(cast(fte * days_employed as decimal(38, 8))) as fte_days,
        max(case when is_employed_at_end then 1 else 0 end) as headcount
    from employed
    group by month_end, balance_date, team, employee_id

),

-- The active customers of each employee on the last day of the period, with the team of that day.
assigned as (

    select distinct
        staffed.month_end,
        staffed.team,
        staffed.employee_id,
        assignments.customer_id
    from staffed
    inner join assignments
        on
            staffed.employee_id = assignments.employee_id
            and staffed.balance_date >= assignments.valid_from
            and (assignments.valid_to is null or staffed.balance_date <= assignments.valid_to)
    inner join active_customers
        on
            staffed.month_end = active_customers.month_end
            and assignments.customer_id = active_customers.customer_id
    where staffed.headcount = 1

),

final as (

    select
        staffed.month_end,
        staffed.team,
        staffed.employee_id,
        staffed.fte_days,
        staffed.headcount,
        assigned.customer_id
    from staffed
    left join assigned
        on
            staffed.month_end = assigned.month_end
            and staffed.team = assigned.team
            and staffed.employee_id = assigned.employee_id

)

select * from final
