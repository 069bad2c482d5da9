{#
  The rows of a mart in the current publication, which this build replaces: the reported figures are stored nowhere
  else. No rows if nothing is published yet: an empty database is attached then (plugins/named_files.py). Null if the
  mart had no such column; names of columns are compared in small letters, because Snowflake has them in capitals.
  `mart`: its name.
#}
{% macro published_before(mart) %}
    {%- set published = source('published', mart) -%}
    {%- set known = adapter.get_columns_in_relation(published) if execute else [] -%}
    {%- set there = known | map(attribute='name') | map('lower') | list -%}
    {%- set columns = graph.nodes['model.' ~ project_name ~ '.' ~ mart].columns.values() if execute else [] -%}
    select
        {% for column in columns -%}
            {{ column.name if column.name in there else 'cast(null as ' ~ column.data_type ~ ')' }} as {{ column.name }},
        {% endfor -%}
        1 as is_published
    from {{ published if there else '(select 1 as nothing) as nothing' }}
    {% if not there %}where 1 = 0{% endif %}
{% endmacro %}

{# Whether this build is part of a refresh, which names the publication it replaces; if dbt is run alone there is none.
   #}
{% macro replaces_a_publication() %}
    {{ return(execute and env_var('DUEBOOK_PUBLISHED_FILE', '') != '') }}
{% endmacro %}
