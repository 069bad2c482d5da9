{#
  A post-hook of all models and seeds: the statement that has the engine's planner know a table just written. Nothing
  where the engine knows it by itself (DuckDB); Postgres would learn it minutes later, and until then join by loops.
  `gather_statistics()`: dispatched to the engine.
#}
{% macro gather_statistics() %}
    {{- return(adapter.dispatch('gather_statistics')()) -}}
{% endmacro %}

{% macro default__gather_statistics() -%}
{%- endmacro %}

{% macro postgres__gather_statistics() -%}
    {%- if model.config.materialized not in ('replaced_view', 'ephemeral') -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
