{#
  The key columns of a table of the raw contract, read from the contract (its source's meta). While dbt parses, there is
  no graph: then the result is the first column, because the SQL is not run.
  `source_name`: the domain, such as `ar`; `table_name`: the table.
#}
{% macro contract_key(source_name, table_name) %}
    {%- if execute -%}
        {{ return(graph.sources['source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name].config.meta.key) }}
    {%- endif -%}
    {{ return(['source_row']) }}
{% endmacro %}
