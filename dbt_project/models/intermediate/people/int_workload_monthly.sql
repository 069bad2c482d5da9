with

assignments as (

    select * from {{ ref('int_assignments') }}

),

staffing as (

    select * from {{ ref('int_staffing_monthly') }}

),

active_customers as (

    select * from {{ ref('int_active_customers_monthly') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- Whom each employee looked after on the last day of the period, with the team of that day.
assigned as (

    select
        staffing.month_end,
        staffing.team,
        staffing.employee_id,
        assignments.customer_id
    from staffing
    inner join months on staffing.month_end = months.month_end
    inner join assignments
        on
            staffing.employee_id = assignments.employee_id
            and months.balance_date >= assignments.valid_from
            and (assignments.valid_to is null or months.balance_date <= assignments.valid_to)
    where staffing.headcount = 1
    group by
        staffing.month_end,
        staffing.team,
        staffing.employee_id,
        assignments.customer_id

),

assigned_and_active as (

    select assigned.*
    from assigned
    inner join active_customers
        on
            assigned.month_end = active_customers.month_end
            and assigned.customer_id = active_customers.customer_id

),

final as (

    select
        staffing.month_end,
        staffing.team,
        staffing.employee_id,
        staffing.fte_days,
        staffing.days,
        staffing.headcount,
        assigned_and_active.customer_id
    from staffing
    left join assigned_and_active
        on
            staffing.month_end = assigned_and_active.month_end
            and staffing.team = assigned_and_active.team
            and staffing.employee_id = assigned_and_active.employee_id

)

select * from final
