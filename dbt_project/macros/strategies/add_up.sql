{#
  Incremental strategy: a run appends what it adds to sums. It can be repeated: rows that an earlier try of the same run
  added are deleted first (column changed_in, macro this_run_id).
  `arg_dict`: what dbt passes to a strategy: its relations, columns and key.
#}
{% macro get_incremental_add_up_sql(arg_dict) %}
    delete from {{ arg_dict['target_relation'] }}
    {% if increments() -%}
        where {{ is_of_this_run('changed_in') }}
    {%- endif %};
    {{ get_incremental_append_sql(arg_dict) }}
{% endmacro %}
