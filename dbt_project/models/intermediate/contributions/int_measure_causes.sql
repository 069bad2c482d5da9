{{ config(materialized='view') }}
{%- set balances = [
    'receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables', 'net_credit_sales',
] -%}
{%- set counts = ['open_invoice_count', 'past_due_invoice_count'] -%}

with

balance_causes as (

    select * from {{ ref('int_balance_causes') }}

),

count_causes as (

    select * from {{ ref('int_count_causes') }}

),

stacked as (

    select
        month_end,
        company_id,
        segment,
        cause,
        {% for measure in balances -%}
            {{ measure }},
        {% endfor -%}
        {% for measure in counts -%}
            0 as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from balance_causes
    union all
    select
        month_end,
        company_id,
        segment,
        cause,
        {% for measure in balances -%}
            0 as {{ measure }},
        {% endfor -%}
        {% for measure in counts -%}
            {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from count_causes

),

final as (

    select
        month_end,
        company_id,
        segment,
        cause,
        {% for measure in balances + counts -%}
            sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from stacked
    group by month_end, company_id, segment, cause

)

select * from final
