{{ config(materialized='replaced_view') }}
{#- Why a value is missing where its denominator isn't positive, if it isn't for want of receivables. -#}
{%- set reasons = {'net_credit_sales': 'no_sales', 'collectible': 'nothing_collectible',
    'open_invoice_count': 'no_open_invoices', 'open_accounts': 'no_open_invoices'} -%}

with

measured as (

    select * from {{ ref('measures_by_dimension_monthly') }}

),

-- What isn't known of everybody, for want of landed receipts or applications, isn't known of a part.
portfolio as (

    select * from {{ ref('scorecard_monthly') }}
    where scope = 'portfolio'

),

registry as (

    select * from {{ ref('dim_kpis') }}

),

-- KPIs as the monthly marts' columns say. The one, of more digits than money has, as on the scorecard. The first has no
-- row: it says the columns.
stacked as (

    select
        month_end,
        dimension,
        value as dimension_value,
        cast(null as string) as kpi_id,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        cast(null as string) as reason
    from measured
    where month_end is null
    {% for kpi in explained_ratios() -%}
        union all
        select
            month_end,
            dimension,
            value as dimension_value,
            '{{ kpi.kpi_id }}' as kpi_id,
            cast(cast(1 as decimal(20, 0)) * {{ kpi.numerator }} as double) as numerator,
            cast({{ kpi.denominator }} as double) as denominator,
            '{{ reasons.get(kpi.denominator | replace('_3m', '') | replace('_12m', ''), 'no_receivables') }}' as reason
        from measured
    {% endfor %}
),

known as (

    select
        stacked.*,
        registry.scale,
        registry.unit,
        portfolio.is_complete,
        coalesce(portfolio.reason = 'no_data', false) as is_unknown
    from stacked
    inner join registry on stacked.kpi_id = registry.kpi_id
    inner join portfolio
        on
            stacked.month_end = portfolio.month_end
            and stacked.kpi_id = portfolio.kpi_id

),

final as (

    select
        month_end,
        dimension,
        dimension_value,
        kpi_id,
        case when denominator > 0 and not is_unknown then scale * numerator / denominator end as value,
        case when not is_unknown then numerator end as numerator,
        case when not is_unknown then denominator end as denominator,
        case
            when is_unknown then 'no_data'
            when denominator <= 0 then reason
        end as reason,
        unit,
        is_complete
    from known

)

select * from final
