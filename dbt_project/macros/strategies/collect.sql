{#
  Incremental strategy: keys, with what belongs to them, that are collected until a run is whole. A run that is repeated
  keeps what its earlier tries collected, as it was then, and adds keys that are not there yet; the next run starts
  empty. For models that say what a run touches, and how it was before: what a failed try did has to be done again.
  Keys are never null: null equals nothing, and would be added again.
  `arg_dict`: what dbt hands to a strategy, its relations, columns and key.
#}
{% macro get_incremental_collect_sql(arg_dict) %}
    {%- set keys = [arg_dict['unique_key']] if arg_dict['unique_key'] is string else arg_dict['unique_key'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | join(', ') %}
    delete from {{ arg_dict['target_relation'] }}
    {% if increments() -%}
        where not {{ is_of_this_run('changed_in') }}
    {%- endif %};
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }} as found
    where
        not exists (
            select 1 from {{ arg_dict['target_relation'] }} as collected
            where
                {% for key in keys -%}
                    {% if not loop.first %}and {% endif %}found.{{ key }} = collected.{{ key }}
                {% endfor %}
        )
{% endmacro %}
