{#
  Incremental strategy: a run deletes the rows of its items and inserts them again, in one transaction. For models with
  rows that belong to an item (an invoice, a customer, a contact): unique_key names the columns that identify the item.
  dbt's delete+insert does not work here, because it only deletes items that have new rows, and an item that no longer
  exists has none.

  The items of a run are those of the one model `int_*_this_run` that the model reads by the macro `this_run`; for a
  staging model, the keys of the raw table. A model that reads several names one: `meta: {this_run: {model: int_…,
  columns: […]}}`.
  `arg_dict`: what dbt passes to a strategy: its relations, columns and key.
#}
{% macro get_incremental_replace_this_run_sql(arg_dict) %}
    {{- return(replace_rows(arg_dict, replaced_this_run(arg_dict['unique_key']) if increments() else 'true')) -}}
{% endmacro %}

{# The condition that a row belongs to an item of the run, by the model's `unique_key`: a column's name or a list of
   them. #}
{% macro replaced_this_run(unique_key) -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    {%- set named = config.get('meta', {}).get('this_run') -%}
    {%- set of_run = [] -%}
    {%- for read in model.refs if read.name.endswith('_this_run') and read.name not in of_run -%}
        {%- do of_run.append(read.name) -%}
    {%- endfor -%}
    {%- if named -%}
        {%- set columns = {} -%}
        {%- for key in keys -%}{%- do columns.update({key: named['columns'][loop.index0]}) -%}{%- endfor -%}
        {{ this_run(ref(named['model']), columns) }}
    {%- elif of_run | length == 1 -%}
        {{ this_run(ref(of_run[0]), keys) }}
    {%- elif not of_run and model.sources | length == 1 -%}
        {{ landed_again(source(*model.sources[0]), keys[0]) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "replace_this_run: " ~ model.name ~ " has to read one model int_*_this_run, or name it in meta.this_run; it reads "
            ~ (of_run | join(', ') or 'none')
        ) }}
    {%- endif -%}
{%- endmacro %}
