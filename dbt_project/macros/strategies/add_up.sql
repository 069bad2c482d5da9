{#
  Incremental strategy: a run appends what it adds to sums. It can be repeated: rows that an earlier try of the same run
  added are deleted first (column changed_in, macro this_run_id).
  `arg_dict`: what dbt passes to a strategy: its relations, columns and key.
#}
{% macro get_incremental_add_up_sql(arg_dict) %}
    {{- return(replace_rows(arg_dict, is_of_this_run('changed_in') if increments() else 'true')) -}}
{% endmacro %}
