{#
  Columns of the raw contract with landed values that may be published unchanged, as `table.column`, read from the
  contract (its source's meta): neither personal data nor free text. Empty while dbt parses and in unit tests, where
  there are no sources; then nothing is shown.
#}
{% macro shown_columns() %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for source in graph.get('sources', {}).values() if source.config.meta.get('key') -%}
            {%- for column in source.columns.values() -%}
                {%- set hides = column.config.meta.get('personal') or column.config.meta.get('free_text') -%}
                {%- if not hides -%}
                    {%- do found.append(source.name ~ '.' ~ column.name) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found | sort) }}
{% endmacro %}

{#
  The condition that a usable value may be published unchanged. It reads the columns `table_name` and `column_name`,
  which name the value's table and column.
#}
{% macro is_shown(table_name, column_name) -%}
    {{ table_name }} || '.' || {{ column_name }} in ('{{ shown_columns() | join("', '") }}')
{%- endmacro %}
