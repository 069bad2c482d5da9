{#
  The columns of the raw contract whose words a seed lists, each as table, column and seed, read from the contract (its
  sources' meta). While dbt parses, there is no graph: then the list is empty; unit tests say it.
#}
{% macro contract_words() %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for source_name, tables in contract_tables().items() -%}
            {%- for table_name in tables -%}
                {%- set table = graph.sources['source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name] -%}
                {%- for column in table.columns.values() if column.config.meta.get('listed_in') -%}
                    {%- do found.append([table_name, column.name, column.config.meta.listed_in]) -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}
