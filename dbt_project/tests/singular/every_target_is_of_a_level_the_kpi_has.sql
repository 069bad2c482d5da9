-- Guards: every target is for a level at which the scorecard has its KPI.
-- Why it matters: a target for a misspelt level, or for one that the KPI does not have, would be used and seen nowhere.
-- A row is such a target.
with

targets as (

    select * from {{ ref('kpi_targets') }}

),

levels as (

    select distinct
        kpi_id,
        level
    from {{ ref('scorecard_monthly') }}

)

select
    targets.kpi_id,
    targets.level,
    targets.valid_from,
    targets.target
from targets
left join levels
    on
        targets.kpi_id = levels.kpi_id
        and targets.level = levels.level
where levels.kpi_id is null
