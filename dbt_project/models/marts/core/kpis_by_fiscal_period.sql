{{ config(materialized='replaced_view') }}
{#- The rest of these marts' KPIs is made of what isn't in marts of days or of the ledger. -#}
{%- set left_out = ['recovery_rate', 'cost_to_collect', 'top_10_share', 'concentration_index'] -%}
{%- set of_level = ['period_end', 'level', 'scope', 'company_id', 'segment'] -%}
{#- Why a value is missing where its denominator isn't positive, if it isn't for want of receivables. -#}
{%- set reasons = {'net_credit_sales': 'no_sales', 'collectible': 'nothing_collectible', 'written_off': 'no_write_offs',
    'open_invoice_count': 'no_open_invoices', 'open_accounts': 'no_open_invoices'} -%}
{#- A year has 12 periods, or 13. -#}
{%- set of_a_year = {'days': 'sum(days)', 'net_credit_sales': 'sum(net_credit_sales)', 'written_off':
    'sum(written_off)', 'recovered': 'sum(recovered)', 'receivables': 'sum(receivables)', 'periods': 'count(*)',
    'opening': 'first_value(opening_receivables)'} -%}

with

periods as (

    select * from {{ ref('dim_fiscal_periods') }}

),

levels as (

    select * from {{ ref('measures_by_fiscal_period') }}

),

registry as (

    select * from {{ ref('dim_kpis') }}

),

windowed as (

    select
        *,
        sum(case when net_credit_sales > 0 then net_credit_sales else 0 end) over so_far as sales_so_far,
        sum(days) over so_far as days_so_far,
        sum(net_credit_sales) over last_3_periods as net_credit_sales_3m,
        sum(taken_over) over last_3_periods as taken_over_3m,
        sum(days) over last_3_periods as days_3m,
        first_value(opening_receivables) over last_3_periods as opening_receivables_3m,
        {% for column, total in of_a_year.items() -%}
            case
                when max(fiscal_month) over last_13_periods = 13 then {{ total }} over last_13_periods
                else {{ total }} over last_12_periods
            end as {{ column }}_12m{% if not loop.last %},{% endif %}
        {% endfor %}
    from levels
    window
        so_far as (partition by scope order by period_end asc nulls last rows unbounded preceding),
        last_3_periods as ({{ last_months(3, 'period_end') }}),
        last_12_periods as ({{ last_months(12, 'period_end') }}),
        last_13_periods as ({{ last_months(13, 'period_end') }})

),

{{ counted_back('windowed', 'scope', 'period_end') }},

measured as (

    select
        *,
        {{ derived_measures() }},
        written_off - recovered as bad_debt_expense,
        cast((receivables_12m + opening_12m) / (periods_12m + 1) as decimal(18, 4)) as average_receivables_12m
    from windowed

),

-- KPIs as the monthly marts' columns say. The one, of more digits than money has, as on the scorecard.
stacked as (

    select
        levels.{{ of_level | join(', levels.') }},
        'dso_countback' as kpi_id,
        counted_back.dso_countback as numerator,
        cast(1 as double) as denominator,
        counted_back.dso_countback_reason as reason
    from levels
    inner join counted_back
        on
            levels.period_end = counted_back.period_end
            and levels.scope = counted_back.scope
    {% for kpi in kpis_of_marts(['dso_monthly', 'cei_monthly', 'delinquency_monthly', 'credit_losses_monthly'])
        if kpi.kpi_id not in left_out + ['dso_countback'] -%}
        union all
        select
            {{ of_level | join(', ') }},
            '{{ kpi.kpi_id }}' as kpi_id,
            cast(cast(1 as decimal(20, 0)) * {{ kpi.numerator }} as double) as numerator,
            cast({{ kpi.denominator }} as double) as denominator,
            '{{ reasons.get(kpi.denominator | replace('_3m', '') | replace('_12m', ''), 'no_receivables') }}' as reason
        from measured
    {% endfor %}
),

final as (

    select
        stacked.period_end,
        stacked.level,
        stacked.scope,
        stacked.company_id,
        stacked.segment,
        stacked.kpi_id,
        periods.period,
        case when stacked.denominator > 0 then registry.scale * stacked.numerator / stacked.denominator end as value,
        stacked.numerator,
        stacked.denominator,
        case
            when stacked.numerator is null or stacked.denominator is null then 'no_data'
            when stacked.denominator <= 0 or stacked.kpi_id = 'dso_countback' then stacked.reason
        end as reason,
        registry.unit,
        periods.is_complete,
        periods.is_closed
    from stacked
    inner join registry on stacked.kpi_id = registry.kpi_id
    inner join periods on stacked.period_end = periods.period_end

)

select * from final
