{#
  What a unit test expects beside what the model says, for dbt's dispatch. Postgres says how many decimals a number was
  written with where its column doesn't (a sum, or a union of different decimals): 100 is 100, and 100.0000 there.
  Arguments as in dbt's macro: `main_sql`, the model; `expected_fixture_sql`, what is expected; `expected_column_names`.
#}
{% macro postgres__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {%- set decimals = [] -%}
    {%- for column in adapter.get_column_schema_from_query(main_sql) if column.dtype | lower == 'decimal' -%}
        {%- do decimals.append(column.quoted) -%}
    {%- endfor -%}
    with
    {% for rows, name in [(main_sql, 'actual'), (expected_fixture_sql, 'expected')] -%}
        dbt_internal_unit_test_{{ name }} as (
            select
                {% for column in expected_column_names -%}
                    {{ 'trim_scale(' ~ column ~ ') as ' ~ column if column in decimals else column }},
                {% endfor -%}
                '{{ name }}' as actual_or_expected
            from (
                {{ rows }}
            ) as {{ name }}
        ){% if not loop.last %},{% endif %}
    {% endfor -%}
    select * from dbt_internal_unit_test_actual
    union all
    select * from dbt_internal_unit_test_expected
{%- endmacro %}
