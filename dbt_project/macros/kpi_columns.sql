{#
  The KPIs of a mart: its columns that carry `kpi` in their meta, each a dict of kpi_id, numerator, denominator (SQL over the
  mart's columns) and reason (a column). So a KPI joins the scorecard by its column's description alone.
  Empty while dbt is still parsing: there is no graph to ask then. `model_name`: the mart.
#}
{% macro kpi_columns(model_name) %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for column in graph.nodes['model.' ~ project_name ~ '.' ~ model_name].columns.values() -%}
            {%- if column.config.meta.kpi -%}
                {%- do found.append(dict(column.config.meta.kpi, kpi_id=column.name)) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}

{# The KPIs of several marts (`model_names`), in their order, each with the name of its mart. #}
{% macro kpis_of_marts(model_names) %}
    {%- set found = [] -%}
    {%- for model_name in model_names -%}
        {%- for kpi in kpi_columns(model_name) -%}
            {%- do found.append(dict(kpi, mart=model_name)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{# The explained KPIs that are ratios of sums, which countback isn't. #}
{% macro explained_ratios() %}
    {%- set found = [] -%}
    {%- for kpi in kpis_of_marts(['dso_monthly', 'cei_monthly', 'delinquency_monthly']) -%}
        {%- if kpi.kpi_id in var('explained_kpis') and kpi.kpi_id != 'dso_countback' -%}
            {%- do found.append(kpi) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
