{#
  What a window over the last months of a scope is: the month and those before it, as many as there are. So one that
  reaches before the landing's first event is over the months since it. `months`: how many, with the month itself.
#}
{% macro last_months(months) -%}
    partition by scope order by month_end asc nulls last rows between {{ months - 1 }} preceding and current row
{%- endmacro %}
