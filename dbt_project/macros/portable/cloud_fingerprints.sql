{#
  The fingerprint of cloud warehouses (macros/fingerprint.sql), by what their vendors document; untried
  (docs/guide/cloud.md). In each, (null, 'a') and ('a', null) have different numbers. Databricks has Spark's.
  `columns`: a list of SQL expressions.
#}
{# HASH takes several values, and counts nulls. #}
{% macro snowflake__fingerprint(columns) -%}
    cast(hash({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}

{# FARM_FINGERPRINT takes one text: the columns as JSON, each under its place. #}
{% macro bigquery__fingerprint(columns) -%}
    cast(
        farm_fingerprint(to_json_string(struct(
            {%- for column in columns -%}{{ column }} as c{{ loop.index }}{% if not loop.last %}, {% endif %}{%- endfor -%}
        ))) as numeric
    )
{%- endmacro %}

{# FNV_HASH takes one value and the hash so far. Of values in a row it makes the hash of their bytes in a row, so that
   ('a', 'bc') and ('ab', 'c') would be one: what is chained are hashes, all of eight bytes. #}
{% macro redshift__fingerprint(columns) -%}
    {%- set so_far = [] -%}
    {%- for column in columns -%}
        {%- set own = 'coalesce(fnv_hash(' ~ column ~ '), 0)' -%}
        {%- do so_far.append('fnv_hash(' ~ own ~ (', ' ~ so_far[-1] if so_far else '') ~ ')') -%}
    {%- endfor -%}
    cast({{ so_far[-1] }} as decimal(38, 0))
{%- endmacro %}
