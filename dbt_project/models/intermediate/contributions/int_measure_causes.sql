{%- set balances = [
    'receivables_change', 'open_invoices_change', 'past_due_receivables_change', 'serious_receivables_change',
] -%}
{%- set counts = ['open_invoice_count_change', 'past_due_invoice_count_change'] -%}

with

movements as (

    select * from {{ ref('int_balance_movements') }}

),

revalued as (

    select * from {{ ref('int_currency_revaluations') }}

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
        {% for measure in balances + ['net_credit_sales'] -%}
            {{ measure }}_reporting as {{ measure }},
        {% endfor -%}
        {% for measure in counts -%}
            0 as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from movements
    union all
    select
        month_end,
        company_id,
        segment,
        'currency' as cause,
        {% for measure in balances -%}
            {{ measure }},
        {% endfor -%}
        {% for measure in ['net_credit_sales'] + counts -%}
            0 as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from revalued
    union all
    select
        month_end,
        company_id,
        segment,
        cause,
        {% for measure in balances + ['net_credit_sales'] -%}
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
        {% for measure in balances + ['net_credit_sales'] + counts -%}
            sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from stacked
    group by month_end, company_id, segment, cause

)

select * from final
