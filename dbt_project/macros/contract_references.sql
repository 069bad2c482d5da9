{#
  The columns of a table of the raw contract that reference another table, as pairs of column and table, read from the
  contract (its source's meta). While dbt parses, there is no graph: then the list is empty.
  `source_name`: the domain, such as `ar`; `table_name`: the table.
#}
{% macro contract_references(source_name, table_name) %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set table = graph.sources['source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name] -%}
        {%- for column in table.columns.values() if column.config.meta.get('references') -%}
            {%- do found.append((column.name, column.config.meta.references)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}
