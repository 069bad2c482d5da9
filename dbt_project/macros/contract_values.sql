{#
  The vocabulary of a column of the raw contract, from the contract itself (its source's meta). Empty while dbt is still
  parsing, and in unit tests: there are no sources to ask then. For tests that hold the project's own lists against it.
  `source_name`: the domain, such as `ar`; `table_name`: the table; `column`: its column.
#}
{% macro contract_values(source_name, table_name, column) %}
    {%- if execute -%}
        {%- set source = graph.sources['source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name] -%}
        {{ return(source.columns[column].config.meta['values']) }}
    {%- endif -%}
    {{ return([]) }}
{% endmacro %}
