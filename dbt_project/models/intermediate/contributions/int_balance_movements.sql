{%- set measures = ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables'] -%}

with

dated as (

    select * from {{ ref('int_dated_changes') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- In the transaction's currency, and in the reporting currency at each change's own day's rate.
final as (

    select
        dated.company_id,
        dated.segment,
        dated.currency_code,
        dated.cause,
        cast({{ dbt.last_day('dated.date_day', 'month') }} as date) as month_end,
        {% for measure in measures -%}
            cast(sum(dated.{{ measure }}) as decimal(18, 4)) as {{ measure }},
            sum(case when dated.{{ measure }} = 0 then 0 else dated.{{ measure }} * rates.rate end)
                as {{ measure }}_reporting,
        {% endfor -%}
        sum(case when dated.net_credit_sales = 0 then 0 else dated.net_credit_sales * rates.rate end)
            as net_credit_sales_reporting
    from dated
    left join rates
        on
            dated.date_day = rates.date_day
            and dated.currency_code = rates.currency_code
    group by
        dated.company_id,
        dated.segment,
        dated.currency_code,
        dated.cause,
        cast({{ dbt.last_day('dated.date_day', 'month') }} as date)

)

select * from final
