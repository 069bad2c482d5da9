{#
  The allowed values of a column of the raw contract, read from the contract (its source's meta). Empty while dbt parses
  and in unit tests, where there are no sources. For tests that compare the project's own lists with the contract.
  `source_name`: the domain, such as `ar`; `table_name`: the table; `column`: its column.
#}
{% macro contract_values(source_name, table_name, column) %}
    {%- if execute -%}
        {%- set source = graph.sources['source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name] -%}
        {{ return(source.columns[column].config.meta['values']) }}
    {%- endif -%}
    {{ return([]) }}
{% endmacro %}
