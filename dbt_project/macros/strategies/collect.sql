{#
  Incremental strategy: keys and their values are collected until a run succeeds. A repeated run keeps the rows that its
  earlier tries collected, unchanged, and adds missing keys; the next run starts empty. For models that hold what a run
  replaces, and how it was before: the work of a failed try has to be done again.
  Keys must not be null: a null never equals a null, so such a row would be added again.
  `arg_dict`: what dbt passes to a strategy: its relations, columns and key.
#}
{% macro get_incremental_collect_sql(arg_dict) %}
    {%- set keys = [arg_dict['unique_key']] if arg_dict['unique_key'] is string else arg_dict['unique_key'] -%}
    {%- set is_missing -%}
        not exists (
            select 1 from {{ arg_dict['target_relation'] }} as collected
            where
                {% for key in keys -%}
                    {% if not loop.first %}and {% endif %}found.{{ key }} = collected.{{ key }}
                {% endfor %}
        )
    {%- endset -%}
    {{- return(replace_rows(arg_dict, 'not ' ~ is_of_this_run('changed_in') if increments() else 'true', is_missing)) -}}
{% endmacro %}
