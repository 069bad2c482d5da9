-- Guards: what customers' KPIs are made of adds up to the KPIs of the portfolio, numerators and denominators, and their
-- receivables to the daily balance.
-- Why it matters: a customer's DSO or days late would be made of other money than everybody's.
-- A row is a measure that differs. The view is large: one month is read, and only in a build of all rows.
{%- set of_marts = {
    'dso_monthly': ['opening_receivables', 'receivables', 'current_receivables', 'past_due_receivables',
        'open_invoices', 'net_credit_sales'],
    'cei_monthly': ['taken_over', 'cash_received'],
    'delinquency_monthly': ['open_invoice_count', 'past_due_invoice_count'],
    'payment_behaviour_monthly': ['cash_applied_with_due_date', 'cash_days_late'],
} %}
{%- set last_month = "cast(" ~ dbt.last_day(as_of_date(), 'month') ~ " as date)" %}
with

customers as (

    select * from {{ ref('customer_kpis_monthly') }}
    where month_end = {{ last_month }}

),

owed as (

    select sum(receivables) as receivables from customers

),

balances as (

    select
        sum(closing_balance_reporting) as receivables,
        0.0001 * (1 + count(*)) as rounding
    from {{ ref('receivables_daily') }}
    where date_day = {{ as_of_date() }}

),

stacked as (

    {% for mart, measures in of_marts.items() -%}
        {%- for measure in measures -%}
            select
                '{{ measure }}' as measure,
                sum(customers.{{ measure }}) as added_up,
                max(portfolio.{{ measure }}) as of_portfolio,
                0.0001 as rounding
            from {{ ref(mart) }} as portfolio
            left join customers on portfolio.month_end = customers.month_end
            where
                portfolio.month_end = {{ last_month }}
                and portfolio.scope = 'portfolio'
            union all
        {% endfor -%}
    {%- endfor -%}
    select
        'closing_balance_reporting' as measure,
        owed.receivables as added_up,
        balances.receivables as of_portfolio,
        balances.rounding
    from balances
    cross join owed

)

select * from stacked
where
    abs(coalesce(added_up, 0) - of_portfolio) > rounding
    {% if increments() -%}
        and false
    {%- endif %}
