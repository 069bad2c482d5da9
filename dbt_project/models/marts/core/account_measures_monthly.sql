{{ config(materialized='replaced_view') }}

with

levels as (

    select * from {{ ref('accounts_per_employee_monthly') }}

),

accounts as (

    select * from {{ ref('active_accounts_monthly') }}

),

-- An account counts once at every level, however many people look after it.
final as (

    select
        levels.month_end,
        levels.scope,
        accounts.customer_id,
        cast(1 as bigint) as active_accounts
    from levels
    inner join accounts
        on
            levels.month_end = accounts.month_end
            and (levels.team is null or levels.team = accounts.team)
            and (levels.employee_id is null or levels.employee_id = accounts.employee_id)
    group by
        levels.month_end,
        levels.scope,
        accounts.customer_id

)

select * from final
