{# For how many days an exchange rate is used if there is no newer one: the variable max_rate_age_days, or else 7. #}
{% macro max_rate_age_days() -%}
    {%- set asked = given('max_rate_age_days') -%}
    {{ 7 if asked is none else asked }}
{%- endmacro %}
