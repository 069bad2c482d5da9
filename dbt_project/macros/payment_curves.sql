{#
  Days that invoices were open in a bin, of those that are open when it begins and those that come or go within it.
  `days`: how many days the bin has; `curve`: the column that says whose invoices, where there are several's. Reads the
  columns of int_payment_counts: `at_risk_change` of the bins before, `days_of_changes` of this one.
#}
{% macro days_at_risk(days, curve=none) -%}
    coalesce(days_of_changes, 0) + {{ days }} * coalesce(
        sum(at_risk_change) over (
            {% if curve %}partition by {{ curve }} {% endif %}order by bin asc nulls last
            rows between unbounded preceding and 1 preceding
        ), 0
    )
{%- endmacro %}

{#
  Days that one typical invoice spends in each bin of a curve: the sum of its survival over the bin's days, in closed form,
  and at least two fifths of them all, so that the few that are very late don't make the curve's tail by themselves.
  `log_survival`: log of the share still unpaid when the bin begins; `hazard`: share of what is unpaid that is paid a day;
  `days`: how many days the bin has. All three are columns.
#}
{% macro typical_days(log_survival, hazard, days) -%}
    greatest(exp({{ log_survival }}) * (1 - pow(1 - {{ hazard }}, {{ days }})) / {{ hazard }}, 0.4 * {{ days }})
{%- endmacro %}

{#
  Log of the share of invoices still unpaid when a bin begins, by the hazards of the bins before it.
  `curve`: the column that says which curve, where there are several. Reads the columns `hazard` and `days`.
#}
{% macro log_survival_before(curve=none) -%}
    coalesce(
        sum(days * ln(1 - hazard)) over (
            {% if curve %}partition by {{ curve }} {% endif %}order by bin asc nulls last
            rows between unbounded preceding and 1 preceding
        ), 0
    )
{%- endmacro %}

{# A hazard that a curve can carry: never quite 0, never quite 1, to eight digits. `hazard`: its expression. #}
{% macro bounded_hazard(hazard) -%}
    floor(100000000 * least(greatest({{ hazard }}, 0.00001), 0.98) + 0.5) / 100000000
{%- endmacro %}

{# The weekday of a date, Monday 0 to Sunday 6. `date`: its expression. #}
{% macro day_of_week(date) -%}
    {{ dbt.datediff("cast('1900-01-01' as date)", date, 'day') }} % 7
{%- endmacro %}
