with

months as (

    select * from {{ ref('int_months') }}

),

targets as (

    select * from {{ ref('kpi_targets') }}

),

benchmarks as (

    select * from {{ ref('kpi_benchmarks') }}

),

-- For each month: the last target set by its end, and the last benchmark published for a period before its end.
targeted as (

    select
        months.month_end,
        targets.kpi_id,
        targets.level,
        targets.target,
        targets.source,
        targets.valid_from,
        row_number() over (
            partition by months.month_end, targets.kpi_id, targets.level
            order by targets.valid_from desc nulls last
        ) as recency
    from months
    inner join targets on months.month_end >= targets.valid_from

),

benchmarked as (

    select
        months.month_end,
        benchmarks.kpi_id,
        benchmarks.benchmark,
        benchmarks.source,
        benchmarks.published_for,
        row_number() over (
            partition by months.month_end, benchmarks.kpi_id
            order by benchmarks.published_for desc nulls last
        ) as recency
    from months
    inner join benchmarks on months.month_end >= benchmarks.published_for

),

-- A target is for one level; a benchmark (level null) is for every level.
final as (

    select
        month_end,
        kpi_id,
        level,
        cast(target as double) as target,
        source as target_source,
        valid_from as target_date,
        cast(null as double) as benchmark,
        cast(null as string) as benchmark_source,
        cast(null as date) as benchmark_date
    from targeted
    where recency = 1
    union all
    select
        month_end,
        kpi_id,
        cast(null as string) as level,
        cast(null as double) as target,
        cast(null as string) as target_source,
        cast(null as date) as target_date,
        cast(benchmark as double) as benchmark,
        source as benchmark_source,
        published_for as benchmark_date
    from benchmarked
    where recency = 1

)

select * from final
