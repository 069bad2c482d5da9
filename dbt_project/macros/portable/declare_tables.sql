{#
  The first operation of each run: what a session of the engine has to be told before it can read anything. Nothing where
  the engine finds its tables by itself. `declare_tables()`: dispatched to the engine.
#}
{% macro declare_tables() %}
    {{- return(adapter.dispatch('declare_tables')()) -}}
{% endmacro %}

{% macro default__declare_tables() -%}
{%- endmacro %}

{# Spark's catalogue is in memory: the statements stand in a file (duebook/engines/in_spark.py), a line each. #}
{% macro spark__declare_tables() -%}
    {%- set file = env_var('DUEBOOK_SPARK_DECLARATIONS', '') -%}
    {%- if execute and file -%}
        {%- set told = run_query('select statement from json.`' ~ file ~ '` order by place asc nulls last') -%}
        {%- for statement in told.columns[0].values() -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
