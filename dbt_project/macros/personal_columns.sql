{#
  Columns of the raw contract that hold personal data, as `table.column`, from the contract itself (`meta: personal`). Empty
  while dbt is still parsing, and in unit tests: there are no sources to ask then.
#}
{% macro personal_columns() %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() -%}
            {%- for column in source.columns.values() if column.config.meta.get('personal') -%}
                {%- do found.append(source.name ~ '.' ~ column.name) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found | sort) }}
{% endmacro %}
