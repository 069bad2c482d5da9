{#
  The sum of a relation's aging buckets: `aging` for all of them, `past_due` and `serious` for those the seed
  aging_buckets says are so (the project's variables name them, a test holds them against it).
  `which`: one of these three; `relation`: whose columns they are, where several have them.
  A macro because the buckets are columns: a new one is a row of the seed and its id in the variables.
#}
{% macro aging_of(which, relation=none) -%}
    {%- for bucket in var(which ~ '_bucket_ids') -%}
        {{ relation ~ '.' if relation }}aging_{{ bucket }}{{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
