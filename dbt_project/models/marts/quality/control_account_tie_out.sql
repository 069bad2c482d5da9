{#- Only in a build of what was known on another day can the ledger have records that a control balance recorded earlier
    does not include. -#}
{%- set asks_what_was_known = given('known_as_of') is not none -%}

with

control_balances as (

    select * from {{ ref('stg_ar__control_balances') }}
    where balance_date <= {{ as_of_date() }}

),

companies as (

    select * from {{ ref('int_companies') }}

),

in_base as (

    select * from {{ ref('int_base_balances') }}

),

movements as (

    select * from {{ ref('int_movements_daily') }}

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    {% if not asks_what_was_known -%}
        where 1 = 0
    {%- endif %}

),

-- By day first, so that the next steps read days and not events.
recorded as (

    select
        company_id,
        currency_code,
        effective_date,
        max(recorded_at) as last_recorded_at
    from ledger
    group by company_id, currency_code, effective_date

),

recorded_later as (

    select distinct
        control_balances.company_id,
        control_balances.currency_code,
        control_balances.balance_date
    from control_balances
    inner join recorded
        on
            control_balances.company_id = recorded.company_id
            and control_balances.currency_code = recorded.currency_code
            and control_balances.balance_date >= recorded.effective_date
    where control_balances.recorded_at < recorded.last_recorded_at

),

-- The sub-ledger's balance on the day of the control balance: all changes up to that day.
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
        summed.company_id,
        summed.currency_code,
        summed.balance_date,
        cast(summed.control_balance as decimal(18, 4)) as control_balance,
        cast(summed.ledger_balance as decimal(18, 4)) as ledger_balance,
        cast(summed.ledger_balance - summed.control_balance as decimal(18, 4)) as difference,
        in_base.base_currency_code,
        in_base.base_control_balance,
        in_base.base_ledger_balance,
        cast(in_base.base_ledger_balance - in_base.base_control_balance as decimal(18, 4)) as base_difference,
        in_base.base_tolerance,
        recorded_later.company_id is null as is_comparable,
        abs(summed.ledger_balance - summed.control_balance) < 0.005 as is_tied_out
    from summed
    left join in_base
        on
            summed.company_id = in_base.company_id
            and summed.currency_code = in_base.currency_code
            and summed.balance_date = in_base.balance_date
    left join recorded_later
        on
            summed.company_id = recorded_later.company_id
            and summed.currency_code = recorded_later.currency_code
            and summed.balance_date = recorded_later.balance_date

)

select * from final
