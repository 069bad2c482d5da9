{{ config(materialized='incremental', unique_key='invoice_id') }}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'invoice'
        and {{ this_run(ref('int_items_this_run'), {'item_id': 'invoice_id'}) }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- Each instalment is a separate open item; an invoice without instalments is one open item.
monthly as (

    select
        ledger.item_id,
        ledger.instalment_id,
        ledger.due_date,
        cast({{ dbt.date_trunc('month', 'ledger.effective_date') }} as date) as month_start,
        sum(ledger.amount) as balance_change,
        sum(case when ledger.change_type = 'paid' then {{ in_reporting_currency('-ledger.amount') }} else 0 end)
            as cash_applied
    from ledger
    left join rates
        on
            ledger.effective_date = rates.date_day
            and ledger.currency_code = rates.currency_code
    group by
        ledger.item_id,
        ledger.instalment_id,
        ledger.due_date,
        cast({{ dbt.date_trunc('month', 'ledger.effective_date') }} as date)

),

opened as (

    select
        *,
        sum(balance_change) over (
            partition by item_id, instalment_id, due_date
            order by month_start asc nulls last
            rows between unbounded preceding and 1 preceding
        ) as opening_balance
    from monthly

),

-- Past due at the close of the day before the month. What is due on that day itself is not past due. An item stays in
-- for the whole month, also if it gets another due date within the month.
by_part as (

    select
        item_id,
        instalment_id,
        month_start,
        sum(cash_applied) as cash_applied
    from opened
    group by
        item_id,
        instalment_id,
        month_start
    having
        max(
            case
                when opening_balance <> 0 and due_date < cast({{ dbt.dateadd('day', -1, 'month_start') }} as date)
                    then 1
                else 0
            end
        ) = 1

),

final as (

    select
        item_id as invoice_id,
        cast({{ dbt.last_day('month_start', 'month') }} as date) as month_end,
        sum(cash_applied) as cash_applied_to_past_due
    from by_part
    where cash_applied <> 0
    group by
        item_id,
        month_start

)

select * from final
