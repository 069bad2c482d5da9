{#
  Spark's date arithmetic in days, for dbt's dispatch. dbt's own macros convert to seconds, and have given wrong days
  while every test passed. Here only whole days and months are allowed; anything else is an error that names it.
  Arguments as in dbt's macros.
  - `last_day(date, datepart)`: the last day of a date's month; `datepart`: `month`.
  - `dateadd(datepart, interval, from_date_or_timestamp)`: a date plus a number (`interval`) of `day` or `month`.
  - `datediff(first_date, second_date, datepart)`: days from the first date to the second; `datepart`: `day`.
#}
{% macro spark__last_day(date, datepart) -%}
    {%- if datepart != 'month' -%}
        {{ exceptions.raise_compiler_error('last_day knows months only, not ' ~ datepart) }}
    {%- endif -%}
    last_day(cast({{ date }} as date))
{%- endmacro %}

{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- if datepart == 'day' -%}
        date_add(cast({{ from_date_or_timestamp }} as date), cast({{ interval }} as int))
    {%- elif datepart == 'month' -%}
        add_months(cast({{ from_date_or_timestamp }} as date), cast({{ interval }} as int))
    {%- else -%}
        {{ exceptions.raise_compiler_error('dateadd knows days and months only, not ' ~ datepart) }}
    {%- endif -%}
{%- endmacro %}

{% macro spark__datediff(first_date, second_date, datepart) -%}
    {%- if datepart != 'day' -%}
        {{ exceptions.raise_compiler_error('datediff knows days only, not ' ~ datepart) }}
    {%- endif -%}
    datediff(cast({{ second_date }} as date), cast({{ first_date }} as date))
{%- endmacro %}
