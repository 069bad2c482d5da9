{#
  One number for the values of several columns: equal values have equal fingerprints, and different ones, but for one
  chance in 2^64, different ones. The sum of a set's fingerprints is one of the set. A macro because each engine names
  its hash function differently; a build with other versions of the engine starts over (requirements.lock).
  `fingerprint(columns)`: dispatched to the engine's own; `columns`: a list of SQL expressions.
#}
{% macro fingerprint(columns) %}
    {{- return(adapter.dispatch('fingerprint')(columns)) -}}
{% endmacro %}

{% macro duckdb__fingerprint(columns) -%}
    cast(hash({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}

{% macro spark__fingerprint(columns) -%}
    cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}
