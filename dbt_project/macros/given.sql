{#
  A variable of the run: from --vars, else from the environment (DUEBOOK_DBT_VARS, JSON), where a refresh puts it.
  A macro because dbt parses the whole project again whenever --vars differ from the last run, and the as-of day differs
  every morning. The environment is read when a model runs, not when it is parsed.
  `name`: the variable's name. None if neither has it.
#}
{% macro given(name) %}
    {%- set from_environment = fromjson(env_var('DUEBOOK_DBT_VARS', '{}')) if execute else {} -%}
    {{- return(var(name) if var(name) is not none else from_environment.get(name)) -}}
{% endmacro %}
