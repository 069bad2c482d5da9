{# A row's key as the loader writes it in quarantine: a JSON object of the key columns, in the contract's order. #}
{% macro row_key(alias, key) -%}
    '{' || {% for part in key -%}
        '"{{ part }}":"' || cast({{ alias }}.{{ part }} as string) || '"' {%- if not loop.last %} || ',' || {% endif -%}
    {%- endfor %} || '}'
{%- endmacro %}
