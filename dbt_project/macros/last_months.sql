{#
  The window over the last months of a scope: the month itself and those before it. If the landing's history is shorter,
  the window has only the months there are. `months`: how many, including the month itself; `month_end`: the column that
  orders them, which may be the end of another kind of period.
#}
{% macro last_months(months, month_end='month_end') -%}
    partition by scope order by {{ month_end }} asc nulls last rows between {{ months - 1 }} preceding and current row
{%- endmacro %}
