{#
  The columns of a table or view, which dbt asks for five times a model that keeps its rows and for every input of a unit
  test. As dbt-duckdb does, by `describe`; but past dbt's tables of text, which took most of the time.
  `relation`: the table or view.
#}
{% macro duckdb__get_columns_in_relation(relation) %}
    {{ return(adapter.get_column_schema_from_query('select * from ' ~ relation)) }}
{% endmacro %}
