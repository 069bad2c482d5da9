{{ config(materialized='incremental', unique_key=['customer_id', 'month_end']) }}

{%- set amounts = ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables'] -%}
{%- set flows = ['net_credit_sales', 'taken_over', 'cash_received', 'cash_applied_to_opening'] -%}
{%- set counts = ['open_invoice_count', 'past_due_invoice_count'] -%}

with

balances as (

    select * from {{ ref('int_contribution_balances') }}

),

flows as (

    select * from {{ ref('int_contribution_flows') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

stacked as (

    select
        month_end,
        company_id,
        customer_id,
        {% for column in amounts + counts -%}
            {{ column }},
        {% endfor -%}
        {% for column in flows -%}
            0 as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from balances
    union all
    select
        month_end,
        company_id,
        customer_id,
        {% for column in amounts + counts -%}
            0 as {{ column }},
        {% endfor -%}
        {% for column in flows -%}
            {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from flows

),

summed as (

    select
        month_end,
        company_id,
        customer_id,
        {% for column in amounts + counts + flows -%}
            sum({{ column }}) as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from stacked
    where {{ this_run(ref('int_customer_months_this_run'), ['customer_id', 'month_end']) }}
    group by
        month_end,
        company_id,
        customer_id

),

-- Amounts keep all their decimals: if they were rounded for every customer, they would not add up to the KPIs.
final as (

    select
        summed.month_end,
        summed.company_id,
        customers.segment,
        summed.customer_id,
        {% for column in amounts + flows -%}
            cast(summed.{{ column }} as decimal(38, 16)) as {{ column }},
        {% endfor -%}
        {% for column in counts -%}
            cast(summed.{{ column }} as bigint) as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from summed
    inner join customers on summed.customer_id = customers.customer_id
    where
        {% for column in amounts + flows + counts -%}
            {% if not loop.first %}or {% endif %}summed.{{ column }} <> 0
        {% endfor %}

)

select * from final
