{%- set measures = [
    'receivables_change', 'open_invoices_change', 'past_due_receivables_change', 'serious_receivables_change',
    'net_credit_sales',
] -%}

with

increments as (

    select * from {{ ref('int_dated_increments') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- A day with only zeros has no row.
dated as (

    select
        company_id,
        segment,
        currency_code,
        cause,
        date_day,
        {% for measure in measures -%}
            cast(sum({{ measure }}) as decimal(18, 4)) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from increments
    group by company_id, segment, currency_code, cause, date_day
    having
        {% for measure in measures -%}
            {% if not loop.first %}or {% endif %}sum({{ measure }}) <> 0
        {% endfor %}

),

-- In transaction currency, and in reporting currency at the rate of each change's day.
final as (

    select
        dated.company_id,
        dated.segment,
        dated.currency_code,
        dated.cause,
        cast({{ dbt.last_day('dated.date_day', 'month') }} as date) as month_end,
        {% for measure in measures -%}
            cast(sum(dated.{{ measure }}) as decimal(18, 4)) as {{ measure }},
            sum({{ in_reporting_currency('dated.' ~ measure) }})
                as {{ measure }}_reporting{% if not loop.last %},{% endif %}
        {% endfor %}
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
