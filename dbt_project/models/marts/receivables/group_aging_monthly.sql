{{ config(materialized='replaced_view') }}

{%- set amounts = ['open_invoices', 'unapplied_credits', 'receivables', 'past_due_receivables'] -%}
{%- for bucket in var('aging_bucket_ids') -%}
    {%- do amounts.append('aging_' ~ bucket) -%}
{%- endfor -%}

with

members as (

    select * from {{ ref('customer_group_members') }}

),

aging as (

    select * from {{ ref('aging_monthly') }}

),

months as (

    select * from {{ ref('dim_months') }}

),

rates as (

    select distinct
        date_day,
        currency_code,
        exchange_rate as rate
    from {{ ref('receivables_daily') }}
    where exchange_rate is not null

),

-- Balances at the rate of their day.
converted as (

    select
        aging.month_end,
        months.balance_date,
        aging.customer_id,
        aging.open_invoice_count,
        aging.past_due_invoice_count,
        {% for amount in amounts -%}
            {{ in_reporting_currency('aging.' ~ amount) }} as {{ amount }},
        {% endfor -%}
        aging.is_complete
    from aging
    inner join months on aging.month_end = months.month_end
    left join rates
        on
            aging.currency_code = rates.currency_code
            and months.balance_date = rates.date_day

),

final as (

    select
        converted.month_end,
        converted.balance_date,
        members.group_customer_id,
        members.is_top,
        {% for amount in amounts -%}
            cast(sum(converted.{{ amount }}) as decimal(18, 4)) as {{ amount }},
        {% endfor -%}
        cast(sum(converted.open_invoice_count) as bigint) as open_invoice_count,
        cast(sum(converted.past_due_invoice_count) as bigint) as past_due_invoice_count,
        cast(count(distinct converted.customer_id) as bigint) as customers,
        converted.is_complete
    from converted
    inner join members on converted.customer_id = members.customer_id
    group by
        converted.month_end,
        converted.balance_date,
        converted.is_complete,
        members.group_customer_id,
        members.is_top

)

select * from final
