{{ config(materialized='view') }}

with

customer_aging as (

    select * from {{ ref('int_customer_aging_monthly') }}
    where {{ this_run(ref('int_customer_months_this_run'), ['customer_id', 'month_end']) }}

),

months as (

    select * from {{ ref('int_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

added_up as (

    select
        *,
        cast({{ aging_of('serious') }} as decimal(18, 4)) as serious,
        cast({{ aging_of('past_due') }} as decimal(18, 4)) as past_due,
        cast({{ aging_of('aging') }} as decimal(18, 4)) as open_total
    from customer_aging

),

-- At the rate of the month's last day. Nothing is nothing in every currency, also where there is no rate.
final as (

    select
        added_up.month_end,
        added_up.company_id,
        added_up.customer_id,
        sum(
            case
                when added_up.open_total + added_up.unapplied_credits = 0 then 0
                else cast(added_up.open_total + added_up.unapplied_credits as decimal(18, 4)) * rates.rate
            end
        ) as receivables,
        sum(case when added_up.open_total = 0 then 0 else added_up.open_total * rates.rate end) as open_invoices,
        sum(case when added_up.past_due = 0 then 0 else added_up.past_due * rates.rate end) as past_due_receivables,
        sum(case when added_up.serious = 0 then 0 else added_up.serious * rates.rate end) as serious_receivables,
        sum(added_up.open_invoice_count) as open_invoice_count,
        sum(added_up.past_due_invoice_count) as past_due_invoice_count
    from added_up
    inner join months on added_up.month_end = months.month_end
    left join rates
        on
            months.balance_date = rates.date_day
            and added_up.currency_code = rates.currency_code
    group by
        added_up.month_end,
        added_up.company_id,
        added_up.customer_id

)

select * from final
