{#
  The business day that the marts describe, as a date literal. Every model that needs "today" calls this macro; nothing
  else may read a clock. Without the variable it is the day before the run started (UTC), the last day that is over.
#}
{% macro as_of_date() -%}
    cast('{{ given("as_of_date") or (run_started_at - modules.datetime.timedelta(days=1)).strftime("%Y-%m-%d") }}' as date)
{%- endmacro %}

{# When the refresh that runs this build began, UTC. Frozen figures and changes found by the build carry this time; no
   figure depends on it. #}
{% macro refreshed_at() -%}
    cast('{{ (run_started_at | string).split("+")[0] }}' as timestamp)
{%- endmacro %}
