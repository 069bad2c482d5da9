{# The last day that counts as known, as a date literal: the variable known_as_of, or else a day later than any record.
   #}
{% macro known_as_of_date() -%}
    {%- if given('known_as_of') -%}
        cast('{{ given("known_as_of") }}' as date)
    {%- else -%}
        cast('9999-12-31' as date)
    {%- endif -%}
{%- endmacro %}
