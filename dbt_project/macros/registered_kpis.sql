{# Every KPI of every mart, as pairs of the mart's name and an entry of kpi_columns; empty while dbt parses. #}
{% macro registered_kpis() %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.fqn[1] == 'marts' -%}
            {%- for kpi in kpi_columns(node.name) -%}
                {%- do found.append((node.name, kpi)) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}
