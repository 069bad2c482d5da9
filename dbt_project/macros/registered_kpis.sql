{# Every KPI of every mart as pairs of the mart's name and what kpi_columns says; empty while dbt is still parsing. #}
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
