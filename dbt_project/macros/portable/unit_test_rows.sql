{#
  The rows of unit tests, by the names of dbt's macros. dbt writes a union of a row each; of such a union within a plan Spark
  makes a task a row, and sends plans to its workers that these can't always read (docs/decisions/0110-spark-by-dispatch.md).
  There the rows are an inline table; elsewhere they are dbt's.

  - `get_fixture_sql(rows, column_name_to_data_types)`: what is given as a model's rows;
  - `get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted)`: what is expected;
  - `inline_rows(rows, types)`: an inline table with the columns of `types` (name to type), null where a row names none.
#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {%- if target.type != 'spark' or not rows -%}
        {{ return(dbt.get_fixture_sql(rows, column_name_to_data_types)) }}
    {%- endif -%}
    {%- set types = {} -%}
    {%- for column in adapter.get_columns_in_relation(this) -%}
        {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- endfor -%}
    {{ return(inline_rows(rows, types)) }}
{% endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
    {%- if target.type != 'spark' or not rows -%}
        {{ return(dbt.get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted)) }}
    {%- endif -%}
    {%- set types = {} -%}
    {%- for name in rows[0] -%}
        {%- do types.update({name | lower: column_name_to_data_types[name | lower]}) -%}
    {%- endfor -%}
    {{ return(inline_rows(rows, types)) }}
{% endmacro %}

{% macro inline_rows(rows, types) %}
    {%- set lines = [] -%}
    {%- for row in rows -%}
        {%- set named = dbt.format_row(row, types) -%}
        {%- set cells = [] -%}
        {%- for name, type in types.items() -%}
            {%- do cells.append((named[name] or safe_cast('null', type)) | trim) -%}
        {%- endfor -%}
        {%- do lines.append('(' ~ cells | join(', ') ~ ')') -%}
    {%- endfor -%}
    {{ return('select * from values\n' ~ lines | join(',\n') ~ '\nas inline_rows (`' ~ types | join('`, `') ~ '`)') }}
{% endmacro %}
