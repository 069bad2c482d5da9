with

control_balances as (

    select * from {{ ref('stg_ar__control_balances') }}
    where balance_date <= {{ as_of_date() }}

),

companies as (

    select * from {{ ref('int_companies') }}

),

movements as (

    select * from {{ ref('int_movements_daily') }}

),

-- The sub-ledger's balance on the control account's day: every change up to it.
summed as (

    select
        control_balances.company_id,
        control_balances.currency_code,
        control_balances.balance_date,
        control_balances.balance as control_balance,
        coalesce(sum(movements.balance_change), 0) as ledger_balance
    from control_balances
    inner join companies on control_balances.company_id = companies.company_id
    left join movements
        on
            control_balances.company_id = movements.company_id
            and control_balances.currency_code = movements.currency_code
            and control_balances.balance_date >= movements.date_day
    group by
        control_balances.company_id,
        control_balances.currency_code,
        control_balances.balance_date,
        control_balances.balance

),

final as (

    select
        company_id,
        currency_code,
        balance_date,
        cast(control_balance as decimal(18, 4)) as control_balance,
        cast(ledger_balance as decimal(18, 4)) as ledger_balance,
        cast(ledger_balance - control_balance as decimal(18, 4)) as difference
    from summed

)

select * from final
