{# The day on which the last month that was over on a day ended: the day itself, if it is one. `day`: its expression. #}
{% macro last_month_end(day) -%}
    cast({{ dbt.dateadd('day', -1, dbt.date_trunc('month', dbt.dateadd('day', 1, day))) }} as date)
{%- endmacro %}
