-- Guards: the registry and the scorecard have the same KPIs.
-- Why it matters: nobody would notice a registered KPI without a column, or a column that is not registered.
-- A row is a KPI that only one of them has.
with

registry as (

    select kpi_id from {{ ref('kpi_registry') }}

),

on_scorecard as (

    select kpi_id from {{ ref('scorecard_monthly') }}
    group by kpi_id

)

select
    registry.kpi_id as registered,
    on_scorecard.kpi_id as on_scorecard
from registry
full outer join on_scorecard on registry.kpi_id = on_scorecard.kpi_id
where
    registry.kpi_id is null
    or on_scorecard.kpi_id is null
