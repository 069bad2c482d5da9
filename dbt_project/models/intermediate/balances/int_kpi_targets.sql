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

-- In force are the last target set by the month's end and the last benchmark published for a period before it.
targeted as (

    select
        months.month_end,
        targets.kpi_id,
        targets.level,
        max_by(targets.target, targets.valid_from) as target
    from months
    inner join targets on months.month_end >= targets.valid_from
    group by
        months.month_end,
        targets.kpi_id,
        targets.level

),

benchmarked as (

    select
        months.month_end,
        benchmarks.kpi_id,
        max_by(benchmarks.benchmark, benchmarks.published_for) as benchmark
    from months
    inner join benchmarks on months.month_end >= benchmarks.published_for
    group by
        months.month_end,
        benchmarks.kpi_id

),

-- A target is set for a level, a benchmark (level null) holds for every level.
final as (

    select
        month_end,
        kpi_id,
        level,
        cast(target as double) as target,
        cast(null as double) as benchmark
    from targeted
    union all
    select
        month_end,
        kpi_id,
        cast(null as string) as level,
        cast(null as double) as target,
        cast(benchmark as double) as benchmark
    from benchmarked

)

select * from final
