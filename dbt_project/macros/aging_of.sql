{#
  The sum of a relation's aging buckets. `which`: `aging` for all buckets, `past_due` or `serious` for those that the
  seed aging_buckets marks so (the project's variables list them, and a test compares the variables with the seed).
  `relation`: the relation of the columns, if several relations have them.
  A macro because each bucket is a column: to add a bucket, add a row to the seed and its id to the variables.
#}
{% macro aging_of(which, relation=none) -%}
    {%- for bucket in var(which ~ '_bucket_ids') -%}
        {{ relation ~ '.' if relation }}aging_{{ bucket }}{{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
