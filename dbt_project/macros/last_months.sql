{#
  The window over the last months of a scope: the month itself and those before it. If the landing's history is shorter,
  the window has only the months there are. `months`: how many, including the month itself.
#}
{% macro last_months(months) -%}
    partition by scope order by month_end asc nulls last rows between {{ months - 1 }} preceding and current row
{%- endmacro %}
