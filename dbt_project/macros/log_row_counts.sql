{#
  A post-hook of the marts: logs how many rows the table holds now. The refresh passes the number to Dagster. It can't
  count the rows itself, because no other process may open the warehouse while dbt writes it. Views are not counted,
  because counting would run them. Staging and intermediate tables are not counted either: each query takes dbt a sixth
  of the time of a model.
#}
{% macro log_row_counts() %}
    {%- if execute and model.config.materialized != 'replaced_view' -%}
        {%- set counted = run_query('select count(*) from ' ~ this) -%}
        {%- do log(this.identifier ~ ' rows: ' ~ counted.columns[0][0], info=true) -%}
    {%- endif -%}
{% endmacro %}
