{#
  A post-hook of the seeds: if the home has a file with the seed's name, its rows replace the checkout's, in the same
  transaction. A hook, and not an environment variable in `seed-paths`: dbt parses the whole project again whenever an
  environment variable named in dbt_project.yml changes. The refresh has checked the file's columns and types before
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
