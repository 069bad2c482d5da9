{# How many days an exchange rate holds where no newer one is there: the variable max_rate_age_days, or else 7. #}
{% macro max_rate_age_days() -%}
    {%- set asked = given('max_rate_age_days') -%}
    {{ 7 if asked is none else asked }}
{%- endmacro %}
