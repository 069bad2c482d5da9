{# When the refresh that builds this began, UTC: what it freezes and what it finds changed bear that time; no figure follows from it. #}
{% macro refreshed_at() -%}
    cast('{{ (run_started_at | string).split("+")[0] }}' as timestamp)
{%- endmacro %}
