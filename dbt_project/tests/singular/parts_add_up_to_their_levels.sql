-- Guards: what customers, and what open items, add to the measures of the last month adds up to the portfolio's.
-- Why it matters: a KPI explained by them would be another KPI than the published one.
-- A row is a measure that differs. The views are large: one month is read, and only in a build of all rows.
{%- set measures = ['receivables', 'current_receivables', 'open_invoices', 'past_due_receivables',
    'serious_receivables', 'opening_receivables', 'opening_receivables_3m', 'opening_open_invoices',
    'net_credit_sales', 'net_credit_sales_3m', 'net_credit_sales_12m', 'taken_over', 'taken_over_3m', 'cash_received',
    'cash_applied_to_opening', 'collected', 'collectible', 'collected_3m', 'collectible_3m', 'open_invoice_count',
    'past_due_invoice_count'] %}
{%- set last_month = "cast(" ~ dbt.last_day(as_of_date(), 'month') ~ " as date)" %}
with

levels as (

    select * from {{ ref('int_level_measures') }}
    where
        month_end = {{ last_month }}
        and scope = 'portfolio'

),

customers as (

    select * from {{ ref('customer_measures_monthly') }}
    where
        month_end = {{ last_month }}
        and scope = 'portfolio'

),

open_items as (

    select * from {{ ref('open_item_measures_monthly') }}
    where
        month_end = {{ last_month }}
        and scope = 'portfolio'

),

stacked as (

    {% for measure in measures -%}
        {%- for parts in ['customers', 'open_items'] -%}
            select
                '{{ measure }}' as measure,
                '{{ parts }}' as parts,
                sum({{ parts }}.{{ measure }}) as added_up,
                max(levels.{{ measure }}) as of_level
            from {{ parts }}
            inner join levels on {{ parts }}.month_end = levels.month_end
            union all
        {% endfor -%}
    {%- endfor -%}
    select
        'days' as measure,
        'customers' as parts,
        max(customers.days) as added_up,
        max(levels.days) as of_level
    from customers
    inner join levels on customers.month_end = levels.month_end

)

select * from stacked
where
    abs(added_up - coalesce(of_level, added_up)) > 0.0001
    {% if increments() -%}
        and false
    {%- endif %}
