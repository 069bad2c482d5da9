{#
  The text of a landed column that a row of data names, also where the contract doesn't know it; null where it is empty.
  - `landed_text(name, known)`: SQL. `name`: the expression with the column's name; `known`: the columns of the contract that
    the relation has and that may be named; others are looked up in its `extra_columns`.
  A macro because each engine reads JSON in its own way.
#}
{% macro landed_text(name, known) -%}
    nullif(trim(
        case
            {% for column in known -%}
                when {{ name }} = '{{ column }}' then {{ column }}
            {% endfor -%}
            else {{ adapter.dispatch('extra_column')([name]) }}
        end
    ), '')
{%- endmacro %}

{# A pointer, because DuckDB takes other names that begin with `$` for a path. `names`: a list of the expression with the name. #}
{% macro duckdb__extra_column(names) -%}
    json_extract_string(extra_columns, '/' || replace(replace({{ names[0] }}, '~', '~0'), '/', '~1'))
{%- endmacro %}

{# The same on Postgres. `names`: a list of the expression with the name. #}
{% macro postgres__extra_column(names) -%}
    (cast(extra_columns as json) ->> cast({{ names[0] }} as character varying))
{%- endmacro %}

{# The same on Spark. `names`: a list of the expression with the name. #}
{% macro spark__extra_column(names) -%}
    try_element_at(from_json(extra_columns, 'map<string, string>'), {{ names[0] }})
{%- endmacro %}
