-- Guards: the causes in kpi_restatement_causes add up to the differences of numerator and denominator.
-- Why it matters: causes that do not add up to the restatement explain another one.
-- A row is a restated KPI with causes that add up to something else.
with

restatements as (

    select * from {{ ref('kpi_restatements') }}

),

causes as (

    select
        month_end,
        scope,
        kpi_id,
        {% for part in ['numerator', 'denominator'] -%}
            sum({{ part }}_difference) as {{ part }}_difference{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('kpi_restatement_causes') }}
    group by
        month_end,
        scope,
        kpi_id

)

select
    restatements.month_end,
    restatements.scope,
    restatements.kpi_id,
    restatements.numerator_difference,
    causes.numerator_difference as numerator_of_causes,
    restatements.denominator_difference,
    causes.denominator_difference as denominator_of_causes
from restatements
left join causes
    on
        restatements.month_end = causes.month_end
        and restatements.scope = causes.scope
        and restatements.kpi_id = causes.kpi_id
where
    {% for part in ['numerator', 'denominator'] -%}
        abs(restatements.{{ part }}_difference - coalesce(causes.{{ part }}_difference, 0))
        > 1e-11 * greatest(
            1, abs(coalesce(restatements.reported_{{ part }}, 0)), abs(coalesce(restatements.restated_{{ part }}, 0))
        )
        {% if not loop.last %}or {% endif -%}
    {% endfor %}
