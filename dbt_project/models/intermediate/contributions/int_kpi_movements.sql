{#- For each KPI: what a cause adds, from one month to the next, to its numerator (in KPIs with days, to what is
    multiplied by the days), the column of days, and what it adds to its denominator. `previous_` is what the cause
    added a month earlier. -#}
{%- set sales = 'net_credit_sales - previous_net_credit_sales' -%}
{%- set collected = 'collected - previous_collected' -%}
{%- set cash = 'cash_received - previous_cash_received' -%}
{%- set changes = {
    'dso': ['receivables_change', 'days', sales],
    'dso_3m': ['receivables_change', 'days_3m', 'net_credit_sales_3m - previous_net_credit_sales_3m'],
    'dso_12m': ['receivables_change', 'days_12m', 'net_credit_sales_12m - previous_net_credit_sales_12m'],
    'dso_average': ['(previous_receivables_change + receivables_change) / 2', 'days', sales],
    'dso_gross': ['open_invoices_change', 'days', sales],
    'dso_countback': ['receivables_change', none, '0'],
    'best_possible_dso': ['receivables_change - past_due_receivables_change', 'days', sales],
    'average_days_delinquent': ['past_due_receivables_change', 'days', sales],
    'cei': [collected, none, collected ~ ' + past_due_receivables_change'],
    'cei_3m': ['collected_3m - previous_collected_3m', none,
        'collected_3m - previous_collected_3m + past_due_receivables_change'],
    'cei_cash_only': [cash, none, collected ~ ' + past_due_receivables_change'],
    'collection_rate': [cash, none, 'previous_receivables_change + ' ~ sales ~ ' + taken_over - previous_taken_over'],
    'collection_rate_opening': ['cash_applied_to_opening - previous_cash_applied_to_opening', none,
        'previous_open_invoices_change'],
    'delinquency_rate_amount': ['past_due_receivables_change', none, 'open_invoices_change'],
    'delinquency_rate_count': ['past_due_invoice_count_change', none, 'open_invoice_count_change'],
    'delinquency_rate_accounts': ['past_due_accounts_change', none, 'open_accounts_change'],
    'serious_delinquency_rate': ['serious_receivables_change', none, 'open_invoices_change'],
    'current_share': ['open_invoices_change - past_due_receivables_change', none, 'open_invoices_change'],
} -%}
{%- set windows = {'net_credit_sales_3m': 'net_credit_sales', 'net_credit_sales_12m': 'net_credit_sales',
    'collected_3m': 'collected'} -%}
{%- set lagged = ['receivables_change', 'open_invoices_change', 'net_credit_sales', 'taken_over', 'collected',
    'cash_received', 'cash_applied_to_opening'] + windows.keys() | list -%}

with

causes as (

    select * from {{ ref('int_level_causes') }}

),

measures as (

    select * from {{ ref('int_level_measures') }}

),

windowed as (

    select
        {% for column, flow in windows.items() -%}
            sum({{ flow }}) over (
                partition by scope, cause order by month_end asc nulls last
                rows between {{ 11 if column.endswith('12m') else 2 }} preceding and current row
            ) as {{ column }},
        {% endfor -%}
        *
    from causes

),

compared as (

    select
        {% for column in lagged -%}
            lag({{ column }}) over (partition by scope, cause order by month_end asc nulls last)
                as previous_{{ column }},
        {% endfor -%}
        *
    from windowed

),

lengths as (

    select
        {% for column in ['days', 'days_3m', 'days_12m'] -%}
            {{ column }},
            lag({{ column }}) over (partition by scope order by month_end asc nulls last) as previous_{{ column }},
        {% endfor -%}
        month_end,
        scope
    from measures

),

final as (

    {% for kpi_id, change in changes.items() -%}
        select
            compared.month_end,
            compared.scope,
            '{{ kpi_id }}' as kpi_id,
            compared.cause,
            cast({{ change[0] }} as double) as numerator_change,
            cast({{ change[2] }} as double) as denominator_change,
            {{ 'lengths.' ~ change[1] if change[1] else '1' }} as days,
            {{ 'lengths.previous_' ~ change[1] if change[1] else '1' }} as previous_days
        from compared
        inner join lengths on compared.month_end = lengths.month_end and compared.scope = lengths.scope
        {%- if not loop.last %}
            union all
        {% endif -%}
    {%- endfor %}

)

select * from final
