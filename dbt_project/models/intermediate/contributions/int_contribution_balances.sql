{{ config(materialized='replaced_view') }}

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

-- At the rate of the month's last day. Zero is zero in every currency, also without a rate.
final as (

    select
        added_up.month_end,
        added_up.company_id,
        added_up.customer_id,
        sum({{ in_reporting_currency('cast(added_up.open_total + added_up.unapplied_credits as decimal(18, 4))') }})
            as receivables,
        sum({{ in_reporting_currency('added_up.open_total') }}) as open_invoices,
        sum({{ in_reporting_currency('added_up.past_due') }}) as past_due_receivables,
        sum({{ in_reporting_currency('added_up.serious') }}) as serious_receivables,
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
