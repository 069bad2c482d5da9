{#
  Schemas have the same names in every environment, so that readers can write `marts.dso_monthly`. dbt calls this macro.
  `custom_schema_name`: the schema that is configured for a model or seed, or none; `node`: the model or seed, not used.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
