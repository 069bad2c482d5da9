-- Guards: what customers contribute adds up to every receivables KPI at every level, numerator and denominator.
-- Why it matters: the list of customers would not be the list behind the figure.
-- A row is a KPI that differs from the sum of its customers.
{%- set parts = ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables', 'net_credit_sales',
    'taken_over', 'cash_received', 'cash_applied_to_opening', 'open_invoice_count', 'past_due_invoice_count'] %}
with

contributions as (

    select * from {{ ref('kpi_contributions_monthly') }}

),

measures as (

    select * from {{ ref('int_level_measures') }}

),

scorecard as (

    select * from {{ ref('scorecard_monthly') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

),

-- For each company, and for all together, where a customer of two companies is one account.
accounts as (

    select
        {% for part in parts -%}
            sum({{ part }}) as {{ part }},
        {% endfor -%}
        month_end,
        company_id,
        segment,
        customer_id
    from contributions
    group by grouping sets (
        (month_end, segment, customer_id),
        (month_end, segment, customer_id, company_id)
    )

),

segments as (

    select
        {% for part in parts -%}
            sum({{ part }}) as {{ part }},
        {% endfor -%}
        sum(case when open_invoice_count > 0 then 1 else 0 end) as open_accounts,
        sum(case when past_due_invoice_count > 0 then 1 else 0 end) as past_due_accounts,
        month_end,
        coalesce(company_id, 'all') as companies,
        segment
    from accounts
    group by month_end, coalesce(company_id, 'all'), segment

),

added_up as (

    select
        {% for part in parts + ['open_accounts', 'past_due_accounts'] -%}
            sum(segments.{{ part }}) as {{ part }},
        {% endfor -%}
        measures.month_end,
        measures.scope
    from measures
    inner join segments
        on
            measures.month_end = segments.month_end
            and coalesce(measures.company_id, 'all') = segments.companies
            and (measures.segment is null or measures.segment = segments.segment)
    group by measures.month_end, measures.scope

),

-- All months, because windows count rows.
by_month as (

    select
        {% for part in parts + ['open_accounts', 'past_due_accounts'] -%}
            coalesce(added_up.{{ part }}, 0) as {{ part }},
        {% endfor -%}
        measures.month_end,
        measures.scope,
        measures.days,
        measures.days_3m,
        measures.days_12m,
        measures.dso_countback
    from measures
    left join added_up
        on
            measures.month_end = added_up.month_end
            and measures.scope = added_up.scope

),

windowed as (

    select
        *,
        coalesce(lag(receivables) over months, 0) as opening_receivables,
        coalesce(lag(receivables, 3) over months, 0) as opening_receivables_3m,
        coalesce(lag(open_invoices) over months, 0) as opening_open_invoices,
        sum(net_credit_sales) over ({{ last_months(3) }}) as net_credit_sales_3m,
        sum(taken_over) over ({{ last_months(3) }}) as taken_over_3m,
        sum(net_credit_sales) over ({{ last_months(12) }}) as net_credit_sales_12m,
        receivables - past_due_receivables as current_receivables,
        open_invoices - past_due_receivables as current_invoices
    from by_month
    window months as (partition by scope order by month_end asc nulls last)

),

named as (

    select
        *,
        opening_receivables + net_credit_sales + taken_over - receivables as collected,
        opening_receivables + net_credit_sales + taken_over - current_receivables as collectible,
        opening_receivables_3m + net_credit_sales_3m + taken_over_3m - receivables as collected_3m,
        opening_receivables_3m + net_credit_sales_3m + taken_over_3m - current_receivables as collectible_3m
    from windowed

),

contributed as (

    {% for mart in ['dso_monthly', 'cei_monthly', 'delinquency_monthly'] -%}
        {%- for kpi in kpi_columns(mart) if kpi.kpi_id in var('explained_kpis') -%}
            select
                month_end,
                scope,
                '{{ kpi.kpi_id }}' as kpi_id,
                cast({{ kpi.numerator }} as double) / nullif(cast({{ kpi.denominator }} as double), 0) as ratio
            from named
            union all
        {% endfor -%}
    {%- endfor -%}
    select
        month_end,
        'none' as scope,
        'none' as kpi_id,
        cast(null as double) as ratio
    from named

)

select
    scorecard.month_end,
    scorecard.scope,
    scorecard.kpi_id,
    scorecard.value,
    kpis.scale * contributed.ratio as contributed
from scorecard
inner join kpis on scorecard.kpi_id = kpis.kpi_id
inner join contributed
    on
        scorecard.month_end = contributed.month_end
        and scorecard.scope = contributed.scope
        and scorecard.kpi_id = contributed.kpi_id
where
    scorecard.value is not null
    and not coalesce(
        abs(scorecard.value - kpis.scale * contributed.ratio) <= 1e-9 * greatest(1, abs(scorecard.value)), false
    )
