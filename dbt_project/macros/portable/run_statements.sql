{# For `dbt run-operation`: statements that an engine is told outside a build, one by one. `statements`: their list. #}
{% macro run_statements(statements) %}
    {%- for statement in statements -%}
        {%- do run_query(statement) -%}
    {%- endfor -%}
{% endmacro %}
