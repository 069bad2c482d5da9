{#
  The key columns of a table of the raw contract, from the contract itself (its source's meta). While dbt is still
  parsing there is no graph to ask: the first column will do then, the SQL isn't run.
  `source_name`: the domain, such as `ar`; `table_name`: the table.
#}
{% macro contract_key(source_name, table_name) %}
    {%- if execute -%}
        {{ return(graph.sources['source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name].config.meta.key) }}
    {%- endif -%}
    {{ return(['source_row']) }}
{% endmacro %}
