{{ config(materialized='replaced_view') }}

with

balances as (

    select * from {{ ref('open_item_balances_monthly') }}

),

levels as (

    select * from {{ ref('dso_monthly') }}

),

months as (

    select * from {{ ref('dim_months') }}

),

tolerances as (

    select * from {{ ref('dim_debt_tolerances') }}

),

rates as (

    select distinct
        date_day,
        currency_code,
        exchange_rate as rate
    from {{ ref('receivables_daily') }}
    where exchange_rate is not null

),

-- Balances at the rate of their day.
converted as (

    select
        balances.*,
        levels.scope,
        levels.days,
        levels.days_3m,
        levels.days_12m,
        {{ in_reporting_currency('balances.balance', 'closing.rate') }} as receivables,
        {{ in_reporting_currency('balances.opening_balance', 'opening.rate') }} as opening_receivables,
        {{ in_reporting_currency('balances.opening_balance_3m', 'opening_3m.rate') }} as opening_receivables_3m,
        {{ in_reporting_currency('balances.past_due_balance', 'closing.rate') }} as past_due_receivables,
        {{ in_reporting_currency('balances.serious_balance', 'closing.rate') }} as serious_receivables
    from balances
    inner join months on balances.month_end = months.month_end
    inner join levels
        on
            balances.month_end = levels.month_end
            and (levels.company_id is null or balances.company_id = levels.company_id)
            and (levels.segment is null or balances.segment = levels.segment)
    left join rates as closing
        on
            balances.currency_code = closing.currency_code
            and months.balance_date = closing.date_day
    left join rates as opening
        on
            balances.currency_code = opening.currency_code
            and months.before_month = opening.date_day
    left join rates as opening_3m
        on
            balances.currency_code = opening_3m.currency_code
            and months.before_3m = opening_3m.date_day

),

-- An account counts once, however many invoices it has: an invoice adds nothing to counts of accounts.
measured as (

    select
        converted.*,
        converted.receivables - converted.past_due_receivables as current_receivables,
        case when converted.item_type = 'invoice' then converted.receivables else 0 end as open_invoices,
        case when converted.item_type = 'invoice' then converted.opening_receivables else 0 end
            as opening_open_invoices,
        case when converted.opening_balance <> 0 then converted.cash_applied else 0 end as cash_applied_to_opening,
        case
            when converted.item_type in ('invoice', 'overpayment') and {{ is_debt('converted.balance') }} then 1 else 0
        end as open_invoice_count,
        case when {{ is_debt('converted.past_due_balance') }} then 1 else 0 end as past_due_invoice_count,
        0 as open_accounts,
        0 as past_due_accounts
    from converted
    left join tolerances on converted.currency_code = tolerances.currency_code

),

named as (

    select
        *,
        {{ derived_measures() }}
    from measured

),

final as (

    select
        month_end,
        scope,
        item_type,
        item_id,
        customer_id,
        company_id,
        due_date,
        currency_code,
        balance,
        {{ typed_measures() }}
    from named

)

select * from final
