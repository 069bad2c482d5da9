-- Guards: value = scale x numerator / denominator for every KPI, with the scale of the registry.
-- Why it matters: a reader who computes the value from its published numerator and denominator would get another one.
-- A row is a value that differs from the one computed from its parts, which are published to 0.0001 each.
with

scorecard as (

    select * from {{ ref('scorecard_monthly') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

)

select
    scorecard.month_end,
    scorecard.scope,
    scorecard.kpi_id,
    scorecard.value,
    scorecard.numerator,
    scorecard.denominator
from scorecard
inner join kpis on scorecard.kpi_id = kpis.kpi_id
where
    scorecard.value is not null
    and not coalesce(
        abs(scorecard.value * scorecard.denominator - kpis.scale * scorecard.numerator)
        <= 0.001 * greatest(1, abs(scorecard.value), abs(scorecard.denominator)),
        false
    )
