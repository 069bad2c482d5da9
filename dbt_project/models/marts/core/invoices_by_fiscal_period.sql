{{ config(materialized='replaced_view') }}

{%- set item = ['item_id', 'customer_id', 'company_id', 'segment'] -%}
{%- set is_cash = "ledger.item_type = 'invoice' and ledger.change_type = 'paid'" -%}

with

-- An invoice and its overpayment are one item: an overpaid invoice is open, too, with a balance below zero.
ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type in ('invoice', 'overpayment')
        and segment is not null

),

periods as (

    select * from {{ ref('dim_fiscal_periods') }}

),

history as (

    select min(date_day) as first_date from {{ ref('dim_dates') }}

),

rates as (

    select distinct
        date_day,
        currency_code,
        exchange_rate as rate
    from {{ ref('receivables_daily') }}
    where exchange_rate is not null

),

-- What happened before the first period is in its opening balances.
spans as (

    select
        period_number,
        period_start,
        balance_date
    from periods
    union all
    select
        0 as period_number,
        history.first_date as period_start,
        periods.before_period as balance_date
    from periods
    cross join history
    where periods.period_number = 1

),

moved as (

    select
        spans.period_number,
        ledger.item_id,
        ledger.customer_id,
        ledger.company_id,
        ledger.segment,
        ledger.currency_code,
        ledger.due_date,
        sum(ledger.amount) as balance_change,
        sum(case when {{ is_cash }} then -ledger.amount * rates.rate else 0 end) as cash_applied
    from ledger
    inner join spans on ledger.effective_date between spans.period_start and spans.balance_date
    left join rates on ledger.effective_date = rates.date_day and ledger.currency_code = rates.currency_code
    group by {{ item | join(', ') }}, ledger.currency_code, spans.period_number, ledger.due_date

),

balanced as (

    select
        *,
        sum(balance_change) over (
            partition by item_id, due_date order by period_number asc nulls last
            rows between unbounded preceding and current row
        ) as balance,
        lead(period_number) over (partition by item_id, due_date order by period_number asc nulls last) as next_number
    from moved

),

-- A balance holds until the next change of what is due on the same day.
final as (

    select
        periods.period_end,
        balanced.item_id as invoice_id,
        balanced.customer_id,
        balanced.company_id,
        balanced.segment,
        balanced.currency_code,
        cast(sum(
            balanced.balance
            - case when periods.period_number = balanced.period_number then balanced.balance_change else 0 end
        ) as decimal(18, 4)) as opening_balance,
        cast(sum(balanced.balance) as decimal(18, 4)) as balance,
        cast(sum(case when balanced.due_date < periods.balance_date then balanced.balance else 0 end) as decimal(18, 4))
            as past_due_balance,
        cast(sum(
            case when periods.period_number = balanced.period_number then balanced.cash_applied else 0 end
        ) as decimal(38, 16)) as cash_applied
    from balanced
    inner join periods
        on
            balanced.period_number <= periods.period_number
            and case
                when balanced.balance = 0 then balanced.period_number + 1
                else coalesce(balanced.next_number, periods.period_number + 1)
            end > periods.period_number
    group by {{ item | join(', ') }}, balanced.currency_code, periods.period_end

)

select * from final
