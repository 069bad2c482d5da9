with

receivables as (

    select * from {{ ref('int_receivables_daily') }}

),

final as (

    select
        date_day,
        company_id,
        segment,
        currency_code,
        cast(opening_balance as decimal(18, 4)) as opening_balance,
        {% for movement in var('movements') -%}
            cast({{ movement }} as decimal(18, 4)) as {{ movement }},
        {% endfor -%}
        cast(closing_balance as decimal(18, 4)) as closing_balance,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(aging_{{ bucket }} as decimal(18, 4)) as aging_{{ bucket }},
        {% endfor -%}
        cast(unapplied_credits as decimal(18, 4)) as unapplied_credits,
        cast(net_credit_sales as decimal(18, 4)) as net_credit_sales,
        cast(taken_over as decimal(18, 4)) as taken_over,
        cast(exchange_rate as decimal(19, 12)) as exchange_rate,
        cast(closing_balance_reporting as decimal(18, 4)) as closing_balance_reporting,
        cast(fx_difference as decimal(18, 4)) as fx_difference
    from receivables

)

select * from final
