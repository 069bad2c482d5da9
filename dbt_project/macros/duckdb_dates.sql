{#
  DuckDB's date arithmetic in days, for dbt's dispatch. Here a date plus a number is a date, in one instruction; dbt's
  own macro uses an interval and a timestamp. For other parts than days, dbt's own macro is called.
  Arguments as in dbt's `dateadd`: `datepart`, such as `day`; `interval`, how many; `from_date_or_timestamp`.
#}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- if datepart == 'day' -%}
        (cast({{ from_date_or_timestamp }} as date) + cast({{ interval }} as integer))
    {%- else -%}
        date_add({{ from_date_or_timestamp }}, interval ({{ interval }}) {{ datepart }})
    {%- endif -%}
{%- endmacro %}
