-- Guards: kpi_changes_monthly explains the KPI of the scorecard and that of the month before.
-- Why it matters: otherwise it would explain another figure than the one people look at.
-- A row is a KPI on which the two differ. The scorecard is made from the marts, the changes from unrounded measures.
with

changes as (

    select * from {{ ref('kpi_changes_monthly') }}

),

scorecard as (

    select * from {{ ref('scorecard_monthly') }}

)

select
    changes.month_end,
    changes.scope,
    changes.kpi_id,
    changes.value,
    changes.previous_value,
    scorecard.value as scorecard_value,
    scorecard.previous_value as scorecard_previous_value
from changes
left join scorecard
    on
        changes.month_end = scorecard.month_end
        and changes.scope = scorecard.scope
        and changes.kpi_id = scorecard.kpi_id
where
    scorecard.kpi_id is null
    {%- for value in ['value', 'previous_value'] %}
        or (changes.{{ value }} is null) <> (scorecard.{{ value }} is null)
        or abs(changes.{{ value }} - scorecard.{{ value }}) > 1e-9 * greatest(1, abs(scorecard.{{ value }}))
    {%- endfor %}
