{#
  Columns of the raw contract whose landed values may be published as they are, as `table.column`, from the contract itself:
  those that are neither personal data nor free text (its source's meta). Empty while dbt is still parsing, and in unit
  tests: there are no sources to ask then, and nothing is shown.

  `of_text`: only those of text, or only the others; both where it isn't given.
#}
{% macro shown_columns(of_text=none) %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() if source.config.meta.get('key') -%}
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
  The condition that a good value may be published as it is, from the columns that name its table and its column
  (`table_name`, `column_name`); `of_text` as above.
#}
{% macro is_shown(table_name, column_name, of_text=none) -%}
    {{ table_name }} || '.' || {{ column_name }} in ('{{ shown_columns(of_text) | join("', '") }}')
{%- endmacro %}

{#
  The condition that a cell which can't be used may be published. If a row's cells are shifted by a column, the cell
  of a number or day may contain anything, for example a name; it is shown if all its characters are those of numbers
  and days.
  `cell`: the column that holds it; `table_name`, `column_name`: the columns that name its table and its column.
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
