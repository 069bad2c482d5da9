with

restated as (

    select * from {{ ref('restated_kpis') }}

),

causes as (

    select * from {{ ref('restatement_kinds') }}

),

final as (

    select
        restated.month_end,
        restated.level,
        restated.scope,
        restated.company_id,
        restated.segment,
        restated.team,
        restated.employee_id,
        restated.kpi_id,
        causes.kind,
        causes.numerator_difference,
        causes.denominator_difference,
        causes.changes
    from restated
    inner join causes
        on
            restated.month_end = causes.month_end
            and restated.scope = causes.scope
            and restated.kpi_id = causes.kpi_id
    where causes.is_counted

)

select * from final
