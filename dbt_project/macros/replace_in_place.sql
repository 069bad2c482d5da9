{#
  Two materializations, `replaced_table` and `replaced_view`: the old relation is dropped and the new one is created in
  one statement and one transaction. dbt-duckdb's `table` and `view` create the new one under another name and rename
  both, so that others can read meanwhile; this takes six more statements for each model, a sixth of dbt's time. Here
  nobody can read the warehouse while it is written, and a statement that fails leaves the old relation. Only what the
  project uses is supported: no Python models, indexes, grants, or hooks outside the transaction. Where an engine keeps
  views that read it from outliving a relation (Postgres), they are dropped with it, and built again in their turn. Both call
  `replace_in_place(type)`; `type`: `table` or `view`.
#}
{% macro replace_in_place(type) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=type) -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') %}
        {%- if existing is not none %}
            {{ drop_view(existing) if existing.is_view else drop_table(existing) }};
        {%- endif %}
        {{ create_view_as(target, compiled_code) if target.is_view else create_table_as(False, target, compiled_code) }}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{% materialization replaced_table, default %}
    {{ return(replace_in_place('table')) }}
{% endmaterialization %}

{% materialization replaced_view, default %}
    {{ return(replace_in_place('view')) }}
{% endmaterialization %}
