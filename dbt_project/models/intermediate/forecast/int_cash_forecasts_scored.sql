{%- set since -%} cast({{ dbt.dateadd('day', -273, as_of_date()) }} as date) {%- endset -%}

with

-- Of the weeks that are over.
frozen as (

    select * from {{ ref('int_published_cash_forecasts') }}
    where as_of_date > {{ since }} and last_date <= {{ as_of_date() }}

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where item_type = 'invoice' and change_type = 'paid' and due_date is not null and effective_date > {{ since }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

days as (

    select distinct as_of_date from frozen

),

paid as (

    select
        ledger.company_id,
        ledger.segment,
        ledger.currency_code,
        ledger.effective_date,
        invoices.invoice_date,
        cast(-sum(ledger.amount) as decimal(18, 4)) as cash
    from ledger
    inner join invoices on ledger.item_id = invoices.invoice_id
    group by
        ledger.company_id,
        ledger.segment,
        ledger.currency_code,
        ledger.effective_date,
        invoices.invoice_date

),

-- Of the invoices that were there on the day, by weeks after it; each payment at its own day's rate.
weekly as (

    select
        days.as_of_date,
        cast(ceil(cast({{ dbt.datediff('days.as_of_date', 'paid.effective_date', 'day') }} as double) / 7) as integer)
            as week,
        paid.company_id,
        paid.segment,
        paid.currency_code,
        paid.cash,
        cast({{ in_reporting_currency('paid.cash') }} as decimal(18, 4)) as cash_reporting
    from days
    inner join paid
        on
            days.as_of_date < paid.effective_date
            and days.as_of_date >= paid.invoice_date
    left join rates
        on
            paid.currency_code = rates.currency_code
            and paid.effective_date = rates.date_day

),

levels as (

    select
        as_of_date,
        week,
        case
            when grouping(company_id) = 0 then 'company:' || company_id
            when grouping(segment) = 0 then 'segment:' || segment
            when grouping(currency_code) = 0 then 'currency:' || currency_code
            else 'portfolio'
        end as scope,
        case when grouping(currency_code) = 0 then sum(cash) else sum(cash_reporting) end as cash
    from weekly
    group by grouping sets (
        (as_of_date, week), (as_of_date, week, company_id), (as_of_date, week, segment),
        (as_of_date, week, currency_code)
    )

),

final as (

    select
        frozen.as_of_date,
        frozen.week,
        frozen.scope,
        frozen.from_open_items,
        frozen.baseline_from_open_items,
        frozen.p10,
        frozen.p90,
        frozen.interval_scale,
        cast(coalesce(levels.cash, 0) as decimal(18, 4)) as cash
    from frozen
    left join levels
        on
            frozen.as_of_date = levels.as_of_date
            and frozen.week = levels.week
            and frozen.scope = levels.scope

)

select * from final
