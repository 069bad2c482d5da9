{#
  The business day the marts speak of, as a date literal. Every model that needs "today" asks this macro; nothing else
  may read a clock. Without the variable it is the day before the run started (UTC): yesterday's books are closed.
#}
{% macro as_of_date() -%}
    cast('{{ given("as_of_date") or (run_started_at - modules.datetime.timedelta(days=1)).strftime("%Y-%m-%d") }}' as date)
{%- endmacro %}

{# When the refresh that builds this began, UTC: what it freezes and what it finds changed bear that time; no figure follows from it. #}
{% macro refreshed_at() -%}
    cast('{{ (run_started_at | string).split("+")[0] }}' as timestamp)
{%- endmacro %}
