{#
  A post-hook of the seeds: where the home has a file of that name, its rows take the place of the checkout's, in the same
  transaction. A hook and not `seed-paths` by the environment: dbt parses the whole project again whenever an environment
  variable named in dbt_project.yml changes. Which file has the right columns and types, the refresh has looked at before
  (duebook/reference.py).
#}
{% macro load_home_reference() %}
    {%- set file = (given('home_reference') or {}).get(this.identifier) -%}
    {%- if file -%}
        truncate {{ this }};
        copy {{ this }} from '{{ file | replace("'", "''") }}'
            (format csv, header true, auto_detect false, delimiter ',', quote '"', escape '"')
    {%- endif -%}
{% endmacro %}
