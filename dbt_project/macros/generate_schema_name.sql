{#
  Schemas have the same names in every environment: readers write `marts.dso_monthly`. dbt calls this macro.
  `custom_schema_name`: the schema a model or seed is configured with, or none; `node`: the model or seed, not used.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
