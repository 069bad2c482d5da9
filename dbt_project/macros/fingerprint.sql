{#
  One number for the values of several columns. Equal values have equal fingerprints; different values have different
  ones, except with a probability of one in 2^64. The sum of the fingerprints of a set's rows is a fingerprint of the
  set. A macro because each engine has another name for its hash function; after a change of an engine's version
  (requirements.lock) the next build is a full build.
  `fingerprint(columns)`: dispatched to the engine; `columns`: a list of SQL expressions.
#}
{% macro fingerprint(columns) %}
    {{- return(adapter.dispatch('fingerprint')(columns)) -}}
{% endmacro %}

{% macro duckdb__fingerprint(columns) -%}
    cast(hash({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}

{% macro postgres__fingerprint(columns) -%}
    cast(hash_record_extended(row({{ columns | join(', ') }}), 0) as decimal(38, 0))
{%- endmacro %}

{# xxhash64 passes over nulls, so that (null, 'a') and ('a', null) would have one number: whether each is null counts, too. #}
{% macro spark__fingerprint(columns) -%}
    cast(
        xxhash64({% for column in columns %}{{ column }}, ({{ column }}) is null{% if not loop.last %}, {% endif %}{% endfor %})
        as decimal(38, 0)
    )
{%- endmacro %}
