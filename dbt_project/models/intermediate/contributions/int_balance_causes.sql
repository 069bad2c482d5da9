{%- set measures = ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables'] -%}

with

movements as (

    select * from {{ ref('int_balance_movements') }}

),

revalued as (

    select * from {{ ref('int_currency_revaluations') }}

),

final as (

    select
        month_end,
        company_id,
        segment,
        cause,
        {% for measure in measures -%}
            sum({{ measure }}_reporting) as {{ measure }},
        {% endfor -%}
        sum(net_credit_sales_reporting) as net_credit_sales
    from movements
    group by
        month_end,
        company_id,
        segment,
        cause
    union all
    select
        month_end,
        company_id,
        segment,
        'currency' as cause,
        {% for measure in measures -%}
            sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        cast(0 as decimal(38, 16)) as net_credit_sales
    from revalued
    group by
        month_end,
        company_id,
        segment

)

select * from final
