{#
  What the incremental strategies do to a table that is there: delete the rows that are gone, then append those of the
  run. Dispatched, because not every engine can delete (macros/portable/spark_added_days.sql).

  `replace_rows(arg_dict, gone, which)`: `arg_dict`, what dbt passes to a strategy: its relations, columns and key; `gone`,
  the condition that a row of the table is deleted; `which`, the condition that a row of the run, `found`, is appended
  (none: each is), of what is then in the table.
#}
{% macro replace_rows(arg_dict, gone, which=none) %}
    {{- return(adapter.dispatch('replace_rows')(arg_dict, gone, which)) -}}
{% endmacro %}

{% macro default__replace_rows(arg_dict, gone, which=none) %}
    delete from {{ arg_dict['target_relation'] }} where {{ gone }};
    {{ append_rows(arg_dict, which) }}
{% endmacro %}

{# The second of the two statements. Arguments as above. #}
{% macro append_rows(arg_dict, which=none) %}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | join(', ') -%}
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }} as found
    {% if which -%} where {{ which }} {%- endif %}
{% endmacro %}
