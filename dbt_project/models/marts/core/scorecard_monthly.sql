{%- set kpi_marts = {
    'dso_monthly': ref('dso_monthly'),
    'cei_monthly': ref('cei_monthly'),
    'delinquency_monthly': ref('delinquency_monthly'),
    'payment_behaviour_monthly': ref('payment_behaviour_monthly'),
    'credit_losses_monthly': ref('credit_losses_monthly'),
    'disputes_monthly': ref('disputes_monthly'),
    'promises_monthly': ref('promises_monthly'),
    'collection_effort_monthly': ref('collection_effort_monthly'),
    'service_quality_monthly': ref('service_quality_monthly'),
    'accounts_per_employee_monthly': ref('accounts_per_employee_monthly'),
    'forecasts_monthly': ref('forecasts_monthly'),
} -%}
{%- set receivables_level = ['company_id', 'segment', 'cast(null as string)', 'cast(null as string)'] -%}
{%- set people_level = ['cast(null as string)', 'cast(null as string)', 'team', 'employee_id'] -%}
{%- set level_columns = {
    'accounts_per_employee_monthly': people_level, 'promises_monthly': people_level,
    'collection_effort_monthly': people_level,
    'service_quality_monthly': ['cast(null as string)', 'segment', 'cast(null as string)', 'cast(null as string)'],
} -%}

with

kpi_registry as (

    select * from {{ ref('kpi_registry') }}

),

targets as (

    select * from {{ ref('int_kpi_targets') }}

),

-- KPIs as the marts' columns say. The one, of more digits than money has: DuckDB multiplies by days in 18 otherwise.
stacked as (

    {% for kpi in kpis_of_marts(kpi_marts) -%}
        {%- set level = level_columns.get(kpi.mart, receivables_level) -%}
    select
        month_end,
        level,
        scope,
        {{ level[0] }} as company_id,
        {{ level[1] }} as segment,
        {{ level[2] }} as team,
        {{ level[3] }} as employee_id,
        '{{ kpi.kpi_id }}' as kpi_id,
        cast({{ kpi.kpi_id }} as double) as value,
        cast(cast(1 as decimal(20, 0)) * {{ kpi.numerator }} as double) as numerator,
        cast({{ kpi.denominator }} as double) as denominator,
        {{ kpi.reason }} as reason,
        is_complete
    from {{ kpi_marts[kpi.mart] }}
    union all
    {% endfor -%}
    select
        cast(null as date) as month_end,
        {% for name in ['level', 'scope', 'company_id', 'segment', 'team', 'employee_id', 'kpi_id'] -%}
            cast(null as string) as {{ name }},
        {% endfor -%}
        cast(null as double) as value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        cast(null as string) as reason,
        cast(null as boolean) as is_complete
    from kpi_registry
    where 1 = 0

),

final as (

    select
        stacked.month_end,
        stacked.level,
        stacked.scope,
        stacked.company_id,
        stacked.segment,
        stacked.team,
        stacked.employee_id,
        stacked.kpi_id,
        stacked.value,
        stacked.numerator,
        stacked.denominator,
        stacked.reason,
        kpi_registry.unit,
        stacked.is_complete,
        targets.target,
        targets.target_source,
        targets.target_date,
        benchmarks.benchmark,
        benchmarks.benchmark_source,
        benchmarks.benchmark_date,
        previous_month.value as previous_value,
        year_ago.value as year_ago_value
    from stacked
    inner join kpi_registry on stacked.kpi_id = kpi_registry.kpi_id
    left join targets
        on
            stacked.kpi_id = targets.kpi_id
            and stacked.level = targets.level
            and stacked.month_end = targets.month_end
    left join targets as benchmarks
        on
            stacked.kpi_id = benchmarks.kpi_id
            and benchmarks.level is null
            and stacked.month_end = benchmarks.month_end
    left join stacked as previous_month
        on
            stacked.kpi_id = previous_month.kpi_id
            and stacked.scope = previous_month.scope
            and cast({{ dbt.last_day(dbt.dateadd('month', -1, 'stacked.month_end'), 'month') }} as date)
            = previous_month.month_end
    left join stacked as year_ago
        on
            stacked.kpi_id = year_ago.kpi_id
            and stacked.scope = year_ago.scope
            and cast({{ dbt.last_day(dbt.dateadd('month', -12, 'stacked.month_end'), 'month') }} as date)
            = year_ago.month_end

)

select * from final
