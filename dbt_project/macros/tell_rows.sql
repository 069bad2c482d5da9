{#
  A post-hook of the marts: writes to the log how many rows a table holds now. The refresh hands the number on to
  Dagster; it can't count them itself, since nobody else may open the warehouse while dbt writes it. A view is not
  counted: that would run it. Nor are tables of the rooms before: a question to DuckDB costs dbt a sixth of what a
  model does.
#}
{% macro tell_rows() %}
    {%- if execute and model.config.materialized != 'replaced_view' -%}
        {%- set counted = run_query('select count(*) from ' ~ this) -%}
        {%- do log(this.identifier ~ ' rows: ' ~ counted.columns[0][0], info=true) -%}
    {%- endif -%}
{% endmacro %}
