{#
  The columns of a table or view. dbt asks for them five times for each incremental model, and for every input of a unit
  test. Like dbt-duckdb, this uses `describe`, but it leaves out dbt's conversion to tables of text, which took most of
  the time.
  `relation`: the table or view.
#}
{% macro duckdb__get_columns_in_relation(relation) %}
    {{ return(adapter.get_column_schema_from_query('select * from ' ~ relation)) }}
{% endmacro %}
