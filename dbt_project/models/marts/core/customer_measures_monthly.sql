{{ config(materialized='replaced_view') }}

{%- set balances = ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables', 'open_invoice_count',
    'past_due_invoice_count'] -%}
{#- Each column: what it is of contributions, and the day before its months begin. -#}
{%- set openings = {'opening_receivables': ('receivables', 'before_month'),
    'opening_open_invoices': ('open_invoices', 'before_month'),
    'opening_receivables_3m': ('receivables', 'before_3m')} -%}
{%- set flows = {'net_credit_sales': ('net_credit_sales', 'before_month'), 'taken_over': ('taken_over', 'before_month'),
    'cash_received': ('cash_received', 'before_month'),
    'cash_applied_to_opening': ('cash_applied_to_opening', 'before_month'),
    'net_credit_sales_3m': ('net_credit_sales', 'before_3m'), 'taken_over_3m': ('taken_over', 'before_3m'),
    'net_credit_sales_12m': ('net_credit_sales', 'before_12m')} -%}

with

levels as (

    select * from {{ ref('dso_monthly') }}

),

contributions as (

    select * from {{ ref('kpi_contributions_monthly') }}

),

months as (

    select * from {{ ref('dim_months') }}

),

windows as (

    select
        levels.*,
        months.before_month,
        months.before_3m,
        months.before_12m
    from levels
    inner join months on levels.month_end = months.month_end

),

-- Over all the companies of the level.
summed as (

    select
        windows.month_end,
        windows.scope,
        windows.days,
        windows.days_3m,
        windows.days_12m,
        contributions.customer_id,
        {% for balance in balances -%}
            sum(case when contributions.month_end = windows.month_end then contributions.{{ balance }} else 0 end)
                as {{ balance }},
        {% endfor -%}
        {% for column, (balance, window) in openings.items() -%}
            sum(
                case when contributions.month_end = windows.{{ window }} then contributions.{{ balance }} else 0 end
            ) as {{ column }},
        {% endfor -%}
        {% for column, (flow, window) in flows.items() -%}
            sum(
                case when contributions.month_end > windows.{{ window }} then contributions.{{ flow }} else 0 end
            ) as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from windows
    inner join contributions
        on
            windows.month_end >= contributions.month_end
            and windows.before_12m <= contributions.month_end
            and (windows.company_id is null or windows.company_id = contributions.company_id)
            and (windows.segment is null or windows.segment = contributions.segment)
    group by
        windows.month_end,
        windows.scope,
        windows.days,
        windows.days_3m,
        windows.days_12m,
        contributions.customer_id

),

-- An account counts once, also where several companies invoice it.
counted as (

    select
        *,
        receivables - past_due_receivables as current_receivables,
        case when open_invoice_count > 0 then 1 else 0 end as open_accounts,
        case when past_due_invoice_count > 0 then 1 else 0 end as past_due_accounts
    from summed

),

measured as (

    select
        *,
        {{ derived_measures() }}
    from counted

),

final as (

    select
        month_end,
        scope,
        customer_id,
        {{ typed_measures() }}
    from measured

)

select * from final
