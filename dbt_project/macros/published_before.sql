{#
  The rows of a mart as the current publication has them, before this build replaces it: what was reported lives nowhere else.
  No rows where nothing is published yet; null where the mart had no such column then. Attached while models run and not in
  the profile, because the file needn't be there; no source, because the publication is made of the very marts that read it.
#}
{% macro published_before(mart) %}
    {%- set columns = graph.nodes['model.' ~ project_name ~ '.' ~ mart].columns.values() if execute else [] -%}
    {%- set there = adapter.dispatch('columns_published')(mart) if execute else [] -%}
    select
        {% for column in columns -%}
            {{ column.name if column.name in there else 'cast(null as ' ~ column.data_type ~ ')' }} as {{ column.name }},
        {% endfor -%}
        1 as is_published
    from {{ 'published.marts.' ~ mart if there else '(select 1 as nothing) as nothing' }}
    {% if not there %}where 1 = 0{% endif %}
{% endmacro %}

{# The publication's mart's columns; none where there is no such mart, or no publication. #}
{% macro duckdb__columns_published(mart) %}
    {%- set warehouse = env_var('DUEBOOK_WAREHOUSE_FILE', '') or target.path -%}
    {%- set beside = warehouse | replace('warehouse/duebook.duckdb', 'published/duebook.duckdb') -%}
    {%- set file = env_var('DUEBOOK_PUBLISHED_FILE', '') or beside -%}
    {%- set quoted = file | replace("'", "''") -%}
    {#- MetricFlow reads the publication itself and builds nothing (target `published`, in memory). -#}
    {%- if ':memory:' in (file, target.path) or file == warehouse or not run_query("select file from glob('" ~ quoted ~ "')").rows -%}
        {{ return([]) }}
    {%- endif -%}
    {%- do run_query("attach if not exists '" ~ quoted ~ "' as published (read_only)") -%}
    {%- set found = run_query(
        "select column_name from duckdb_columns()"
        ~ " where database_name = 'published' and schema_name = 'marts' and table_name = '" ~ mart ~ "'"
    ) -%}
    {{ return(found.columns[0].values() | list) }}
{% endmacro %}

{# Whether this build is a refresh's, which names the publication it replaces; dbt called alone is told of none. #}
{% macro replaces_a_publication() %}
    {{ return(execute and env_var('DUEBOOK_PUBLISHED_FILE', '') != '') }}
{% endmacro %}
