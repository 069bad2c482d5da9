{#
  Columns of the raw contract whose landed values may be published as they are, as `table.column`, from the contract itself:
  those that are neither personal data nor free text (its source's meta). Empty while dbt is still parsing, and in unit
  tests: there are no sources to ask then, and nothing is shown.
#}
{% macro shown_columns() %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() if source.config.meta.get('key') -%}
            {%- for column in source.columns.values() -%}
                {%- if not (column.config.meta.get('personal') or column.config.meta.get('free_text')) -%}
                    {%- do found.append(source.name ~ '.' ~ column.name) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found | sort) }}
{% endmacro %}

{# The condition that a landed value may be published as it is, from the columns that name its table and its column. #}
{% macro is_shown(table_name, column_name) -%}
    {{ table_name }} || '.' || {{ column_name }} in ('{{ shown_columns() | join("', '") }}')
{%- endmacro %}
