{{ config(materialized='replaced_view') }}

{#- The rows of an item that each sum takes in: balances in the item's currency, flows in the reporting currency. -#}
{%- set is_invoice = "ledger.item_type = 'invoice'" -%}
{%- set balances = {
    'balance': 'true',
    'opening_balance': 'ledger.effective_date <= months.before_month',
    'opening_balance_3m': 'ledger.effective_date <= months.before_3m',
    'past_due_balance': is_invoice ~ ' and ledger.due_date < months.balance_date',
    'serious_balance': is_invoice ~ ' and ledger.due_date <= months.last_serious_due_date',
} -%}
{%- set flows = {
    'net_credit_sales': 'ledger.is_credit_sale and ledger.effective_date > months.before_month',
    'net_credit_sales_3m': 'ledger.is_credit_sale and ledger.effective_date > months.before_3m',
    'net_credit_sales_12m': 'ledger.is_credit_sale and ledger.effective_date > months.before_12m',
    'taken_over': 'ledger.is_taken_over and ledger.effective_date > months.before_month',
    'taken_over_3m': 'ledger.is_taken_over and ledger.effective_date > months.before_3m',
    'cash_received': "ledger.change_type = 'cash' and ledger.effective_date > months.before_month",
    'cash_applied': is_invoice ~ " and ledger.change_type = 'paid' and ledger.effective_date > months.before_month",
} -%}
{%- set item = ['month_end', 'item_type', 'item_id', 'customer_id', 'company_id', 'segment', 'currency_code'] -%}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}

),

months as (

    select * from {{ ref('dim_months') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

rates as (

    select distinct
        date_day,
        currency_code,
        exchange_rate as rate
    from {{ ref('receivables_daily') }}
    where exchange_rate is not null

),

-- An invoice by instalments has a balance for each due date.
by_due_date as (

    select
        months.month_end,
        ledger.item_type,
        ledger.item_id,
        ledger.customer_id,
        ledger.company_id,
        customers.segment,
        ledger.currency_code,
        ledger.due_date,
        {% for column, rows in balances.items() -%}
            sum(case when {{ rows }} then ledger.amount else 0 end) as {{ column }},
        {% endfor -%}
        {% for column, rows in flows.items() -%}
            sum(case when {{ rows }} then {{ '-' if column.startswith('cash') }}ledger.amount * rates.rate else 0 end)
                as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from ledger
    inner join months on ledger.effective_date <= months.balance_date
    inner join customers on ledger.customer_id = customers.customer_id
    left join rates
        on
            ledger.effective_date = rates.date_day
            and ledger.currency_code = rates.currency_code
    group by
        months.month_end,
        ledger.item_type,
        ledger.item_id,
        ledger.customer_id,
        ledger.company_id,
        customers.segment,
        ledger.currency_code,
        ledger.due_date

),

final as (

    select
        {% for column in item -%}
            {{ column }},
        {% endfor -%}
        min(case when balance <> 0 then due_date end) as due_date,
        {% for column in balances -%}
            cast(sum({{ column }}) as decimal(18, 4)) as {{ column }},
        {% endfor -%}
        {% for column in flows -%}
            cast(sum({{ column }}) as decimal(38, 16)) as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from by_due_date
    group by
        {% for column in item -%}
            {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}

)

select * from final
