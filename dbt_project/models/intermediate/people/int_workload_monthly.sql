with

assignments as (

    select * from {{ ref('stg_collections__assignments') }}

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

-- Whom each employee looked after on the last day of the period.
assigned as (

    select
        months.month_end,
        assignments.employee_id,
        assignments.customer_id
    from assignments
    inner join months
        on
            assignments.valid_from <= months.balance_date
            and (assignments.valid_to is null or assignments.valid_to >= months.balance_date)
    group by
        months.month_end,
        assignments.employee_id,
        assignments.customer_id

),

-- An employee who changed team within the month is in each; the accounts are with the team of the last day.
final as (

    select
        staffing.month_end,
        staffing.team,
        staffing.employee_id,
        staffing.fte_days,
        staffing.days,
        staffing.headcount,
        active_customers.customer_id
    from staffing
    left join assigned
        on
            staffing.month_end = assigned.month_end
            and staffing.employee_id = assigned.employee_id
            and staffing.headcount = 1
    left join active_customers
        on
            assigned.month_end = active_customers.month_end
            and assigned.customer_id = active_customers.customer_id

)

select * from final
