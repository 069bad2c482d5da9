{#
  A post-hook of the seeds: if the home has a file with the seed's name, its rows replace the checkout's, in the same
  transaction. A hook, and not an environment variable in `seed-paths`: dbt parses the whole project again whenever an
  environment variable named in dbt_project.yml changes. The refresh has checked the file's columns and types before
  (duebook/reference.py).
#}
{% macro load_home_reference() %}
    {%- set file = (given('home_reference') or {}).get(this.identifier) -%}
    {%- if file -%}
        {{ adapter.dispatch('replace_by_home_file')(file) }}
    {%- endif -%}
{% endmacro %}

{# The statements that replace a seed's rows by those of a home's file. `file`: its path. #}
{% macro default__replace_by_home_file(file) %}
    truncate {{ this }};
    copy {{ this }} from '{{ file | replace("'", "''") }}'
        (format csv, header true, auto_detect false, delimiter ',', quote '"', escape '"')
{% endmacro %}

{# Where the engine can't read the file: its rows have been brought, as texts (duebook/engines). `file`: not needed. #}
{% macro postgres__replace_by_home_file(file) %}
    truncate {{ this }};
    insert into {{ this }} {{ rows_of_home_file() }}
{% endmacro %}

{# The same, in a statement. `file`: not needed. #}
{% macro spark__replace_by_home_file(file) %}
    insert overwrite table {{ this }} {{ rows_of_home_file() }}
{% endmacro %}

{# The query of the rows that were brought, with the types of the seed's columns in their order. #}
{% macro rows_of_home_file() %}
    select
        {%- for column, type in model.config.column_types.items() %}
            cast({{ column }} as {{ type }}) as {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ var('raw_schema') }}.home_{{ this.identifier }}
{% endmacro %}
