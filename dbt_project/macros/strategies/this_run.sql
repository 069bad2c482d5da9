{#
  What a run processes, for incremental models. A daily run adds what has landed and happened since the last build; a
  run without that information (plain `dbt build`) builds everything. Macros, because a model can't know from which
  files and for which day it was last built.

  - `changed_since()`: the last landed file's number and the as-of day of the last build, as the refresh passes them,
    and whether that build was published.
  - `increments()`: whether this run adds to the existing tables.
  - `this_run(relation, columns)`: the condition that these columns' values are among those of a relation of the run
    (int_*_this_run); always true in a full build. `columns` is a name or a list of names, or, if the relation has other
    names, a mapping of the model's names to the relation's. `adds`: when the condition applies, if not by
    `increments()` (for example: only if the last build was published).
  - `landed_again(relation, key)`: the condition on a raw table's key that a version of it has landed since.
  - `has_landed(source_file_number)`: the same for a raw row, by the number of its file; never true in a full build.
  - `has_come(date)`: the condition that a day has come since; never true in a full build.
  - `last_built_day()`: the as-of day of the last build, as a date.
  - `this_run_id()`: an id of what this run adds to; a failed run that is repeated has the same id.
  - `is_of_this_run(changed_in)`: the condition that a row was written in this run, or in an earlier try of it.
  - `as_last_built(model)`: a model's table as the last build left it, for a model that is built before that one; there
    a ref would be a circle.
#}
{% macro changed_since() %}
    {{- return(given('changed_since') or {'file_number': -1, 'as_of': '0001-01-01', 'is_published': false}) -}}
{% endmacro %}

{% macro increments() %}
    {{- return(given('changed_since') is not none) -}}
{% endmacro %}

{% macro this_run(relation, columns, adds=none) -%}
    {%- if (increments() if adds is none else adds) -%}
        {%- set named = {columns: columns} if columns is string else columns -%}
        {%- set ours = named | list -%}
        {%- set theirs = [] -%}
        {%- for column in ours -%}
            {%- do theirs.append('of_run.' ~ (named[column] if named is mapping else column)) -%}
        {%- endfor -%}
        {{ ours[0] if ours | length == 1 else '(' ~ ours | join(', ') ~ ')' }} in (
            select {{ theirs | join(', ') }} from {{ relation }} as of_run
            where {{ theirs | join(' is not null and ') }} is not null
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro landed_again(relation, key) -%}
    {{ key }} in (select landed.{{ key }} from {{ relation }} as landed where {{ has_landed('landed.source_file_number') }})
{%- endmacro %}

{% macro has_landed(source_file_number='source_file_number') -%}
    {{ source_file_number ~ ' > ' ~ changed_since()['file_number'] if increments() else 'false' }}
{%- endmacro %}

{% macro has_come(date) -%}
    {%- if increments() -%}
        {{ date }} > {{ last_built_day() }} and {{ date }} <= {{ as_of_date() }}
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

{% macro last_built_day() -%}
    cast('{{ changed_since()['as_of'] }}' as date)
{%- endmacro %}

{% macro this_run_id() -%}
    {{ changed_since()['file_number'] }}, {{ changed_since()['as_of'] }}
{%- endmacro %}

{% macro is_of_this_run(changed_in) -%}
    {{ changed_in }} = '{{ this_run_id() }}'
{%- endmacro %}

{% macro as_last_built(model) -%}
    {%- if execute -%}
        {%- set built = graph.nodes['model.' ~ project_name ~ '.' ~ model] -%}
        {{ api.Relation.create(database=built.database, schema=built.schema, identifier=built.alias) }}
    {%- else -%}
        {{ api.Relation.create(database=this.database, schema=this.schema, identifier=model) }}
    {%- endif -%}
{%- endmacro %}
