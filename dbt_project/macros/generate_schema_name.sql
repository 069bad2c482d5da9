{#
  Schemas are named for the room they hold, in every environment: readers write `marts.dso_monthly`. dbt calls it.
  `custom_schema_name`: the schema a model or seed is configured with, or none; `node`: the model or seed, not looked at.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
