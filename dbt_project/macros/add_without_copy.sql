{#
  How what an incremental model adds is written on DuckDB: once. dbt-duckdb fills a temporary table and inserts from it,
  which its other strategies need; for `append` a temporary view says the same. A macro of dbt-duckdb's is overridden
  here, not its materialization.
#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if temporary and config.get('incremental_strategy') == 'append' -%}
        {%- if config.get('contract').enforced -%}
            {{ get_assert_columns_equivalent(compiled_code) }}
        {%- endif %}
        create temporary view {{ relation.include(database=false, schema=false) }} as (
            {{ compiled_code }}
        )
    {%- else -%}
        {{ dbt.duckdb__create_table_as(temporary, relation, compiled_code, language, **kwargs) }}
    {%- endif -%}
{%- endmacro %}
