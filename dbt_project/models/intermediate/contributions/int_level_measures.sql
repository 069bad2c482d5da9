{%- set counts = ['open_invoice_count', 'past_due_invoice_count', 'open_accounts', 'past_due_accounts'] -%}

with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

contributions as (

    select * from {{ ref('int_contributions_monthly') }}

),

countback as (

    select * from {{ ref('int_dso_countback') }}

),

-- One row for each account and month, of each company and of all companies together: a customer of two companies is one
-- account of all together.
accounts as (

    select
        month_end,
        coalesce('company:' || company_id, 'all') as company_scope,
        segment,
        sum(open_invoice_count) as open_invoice_count,
        sum(past_due_invoice_count) as past_due_invoice_count,
        case when sum(open_invoice_count) > 0 then 1 else 0 end as open_accounts,
        case when sum(past_due_invoice_count) > 0 then 1 else 0 end as past_due_accounts
    from contributions
    group by grouping sets ((month_end, segment, customer_id), (month_end, segment, customer_id, company_id))

),

account_counts as (

    select
        month_end,
        company_scope,
        segment,
        {% for measure in counts -%}
            sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from accounts
    group by month_end, company_scope, segment

),

counted as (

    select
        levels.scope,
        levels.month_end,
        {% for measure in counts -%}
            sum(account_counts.{{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from levels
    inner join account_counts
        on
            levels.month_end = account_counts.month_end
            and coalesce('company:' || levels.company_id, 'all') = account_counts.company_scope
            and (levels.segment is null or levels.segment = account_counts.segment)
    group by levels.scope, levels.month_end

),

windowed as (

    select
        *,
        sum(net_credit_sales) over last_3_months as net_credit_sales_3m,
        sum(taken_over) over last_3_months as taken_over_3m,
        sum(days) over last_3_months as days_3m,
        first_value(opening_receivables) over last_3_months as opening_receivables_3m,
        sum(net_credit_sales) over last_12_months as net_credit_sales_12m,
        sum(days) over last_12_months as days_12m
    from levels
    window
        last_3_months as ({{ last_months(3) }}),
        last_12_months as ({{ last_months(12) }})

),

-- Unrounded, with the column names of the marts: the numerators and denominators of KPIs are written in these names.
measured as (

    select
        *,
        {{ derived_measures() }}
    from windowed

),

final as (

    select
        measured.*,
        {% for measure in counts -%}
            coalesce(counted.{{ measure }}, 0) as {{ measure }},
        {% endfor -%}
        countback.dso_countback
    from measured
    left join counted on measured.scope = counted.scope and measured.month_end = counted.month_end
    left join countback on measured.scope = countback.scope and measured.month_end = countback.month_end

)

select * from final
