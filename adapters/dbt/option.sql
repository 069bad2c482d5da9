{# What adapters' SELECTs call beside source and ref, for a dbt project of your own: copy this file to its macros. An
   option is the project's variable of that name, written as a landing does it (duebook/adapters/engine/rendering.py). #}
{% macro option(name) -%}
    {{ option_in_sql(var(name)) }}
{%- endmacro %}

{# A value as SQL; a list as one in parentheses, for `in`; an empty one holds nothing. #}
{% macro option_in_sql(value) -%}
    {%- if value is none -%}
        null
    {%- elif value is boolean -%}
        {{ value | lower }}
    {%- elif value is number -%}
        {{ value }}
    {%- elif value is string -%}
        '{{ value | replace("'", "''") }}'
    {%- else -%}
        (
        {%- for one in value -%}
            {{ option_in_sql(one) }}{{ ', ' if not loop.last }}
        {%- else -%}
            null
        {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}
