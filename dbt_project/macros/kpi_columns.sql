{#
  The KPIs of a mart: its columns with `kpi` in their meta, each as a dict of kpi_id, numerator, denominator (SQL over
  the mart's columns) and reason (a column). The scorecard reads this list, so the description of a column is enough to
  add a KPI. Empty while dbt parses, because there is no graph. `model_name`: the mart.
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

{# The explained KPIs that are ratios of sums: all but countback DSO. #}
{% macro explained_ratios() %}
    {%- set found = [] -%}
    {%- for kpi in kpis_of_marts(['dso_monthly', 'cei_monthly', 'delinquency_monthly']) -%}
        {%- if kpi.kpi_id in var('explained_kpis') and kpi.kpi_id != 'dso_countback' -%}
            {%- do found.append(kpi) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
