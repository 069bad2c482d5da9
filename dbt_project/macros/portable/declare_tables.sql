{#
  The first operation of each run: what a session of the engine has to be told before it can read anything. Nothing where
  the engine finds its tables by itself. `declare_tables()`: dispatched to the engine.
#}
{% macro declare_tables() %}
    {{- return(adapter.dispatch('declare_tables')()) -}}
{% endmacro %}

{% macro default__declare_tables() -%}
{%- endmacro %}

{# Spark's catalogue is in memory: the statements stand in a file (duebook/engines/in_spark.py), a line each; with the
   table that is in it from then on, where it is one of dbt's: dbt has looked at the catalogue before. #}
{% macro spark__declare_tables() -%}
    {%- set file = env_var('DUEBOOK_SPARK_DECLARATIONS', '') -%}
    {%- if execute and file -%}
        {%- set told = run_query('select statement, schema, name from json.`' ~ file ~ '` order by place asc nulls last') -%}
        {%- for line in told.rows -%}
            {%- do run_query(line[0]) -%}
            {%- if line[2] -%}
                {%- do adapter.cache_added(api.Relation.create(schema=line[1], identifier=line[2], type='table')) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#
  The last operation of each run: what the next session has to be told of the tables whose rows it keeps. `note_tables()`:
  dispatched to the engine; nothing where the engine knows them by itself.
#}
{% macro note_tables() %}
    {{- return(adapter.dispatch('note_tables')()) -}}
{% endmacro %}

{% macro default__note_tables() -%}
{%- endmacro %}

{# After a build of everything: what they are later stays as it is, for any change of a model starts over. #}
{% macro spark__note_tables() -%}
    {%- set folder = env_var('DUEBOOK_SPARK_NOTED', '') -%}
    {%- if execute and folder and adds_days() and not increments() -%}
        {%- set noted = [] -%}
        {%- for node in graph.nodes.values() -%}
            {%- set is_kept = node.config.materialized == 'incremental' and node.config.incremental_strategy != 'collect' -%}
            {%- set relation = api.Relation.create(schema=node.schema, identifier=node.alias, type='table') -%}
            {%- if (node.resource_type == 'seed' or is_kept) and load_cached_relation(relation) -%}
                {%- set columns = with_columns(adapter.get_columns_in_relation(relation)) -%}
                {%- do noted.append("('" ~ node.schema ~ "', '" ~ node.alias ~ "', '" ~ columns ~ "')") -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if noted -%}
            {%- do run_query(
                "insert overwrite directory '" ~ folder ~ "' using json select * from values " ~ noted | join(', ')
                ~ ' as noted (schema, name, columns)'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
