{#
  DuckDB's date arithmetic in days, for dbt's dispatch: a date plus a number is a date, in one instruction, where the stock
  macro goes through an interval and a timestamp. Other parts go the stock way.
  Arguments as dbt's `dateadd` has them: `datepart`, such as `day`; `interval`, how many; `from_date_or_timestamp`.
#}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- if datepart == 'day' -%}
        (cast({{ from_date_or_timestamp }} as date) + cast({{ interval }} as integer))
    {%- else -%}
        date_add({{ from_date_or_timestamp }}, interval ({{ interval }}) {{ datepart }})
    {%- endif -%}
{%- endmacro %}
