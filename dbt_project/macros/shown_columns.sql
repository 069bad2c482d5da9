{#
  Columns of the raw contract with landed values that may be published unchanged, as `table.column`, read from the
  contract (its source's meta): neither personal data nor free text. Empty while dbt parses and in unit tests, where
  there are no sources; then nothing is shown.

  `of_text`: true for text columns only, false for the others only; both if it isn't given.
#}
{% macro shown_columns(of_text=none) %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for source in graph.get('sources', {}).values() if source.config.meta.get('key') -%}
            {%- for column in source.columns.values() -%}
                {%- set hides = column.config.meta.get('personal') or column.config.meta.get('free_text') -%}
                {%- if not hides and of_text in (none, column.data_type == 'string') -%}
                    {%- do found.append(source.name ~ '.' ~ column.name) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found | sort) }}
{% endmacro %}

{#
  The condition that a usable value may be published unchanged. It reads the columns `table_name` and `column_name`,
  which name the value's table and column; `of_text` as above.
#}
{% macro is_shown(table_name, column_name, of_text=none) -%}
    {{ table_name }} || '.' || {{ column_name }} in ('{{ shown_columns(of_text) | join("', '") }}')
{%- endmacro %}

{#
  The condition that the value of an unusable cell may be published. If a row's cells are shifted by a column, the cell
  of a number or day may contain anything, for example a name; it is shown if all its characters occur in numbers and
  days.
  `cell`: the column that holds the value; `table_name`, `column_name`: the columns that name its table and column.
#}
{% macro is_shown_cell(table_name, column_name, cell) -%}
    (
        {{ is_shown(table_name, column_name, of_text=true) }}
        or (
            {{ is_shown(table_name, column_name, of_text=false) }}
            and translate({{ cell }}, '0123456789 .,:+-/()%eETZ', '') = ''
        )
    )
{%- endmacro %}
