{#
  How Spark builds tables and views: the old one is dropped, the new one made, in a statement each. Parquet has no
  transaction, so a build that failed starts over (duebook/engines/in_spark.py). An incremental model is built as a whole,
  too, unless days add (spark_added_days.sql).
  The materializations `replaced_table`, `replaced_view` and `incremental` call `build_on_spark(type)`; `type`: `table`
  or `view`.
#}
{% macro build_on_spark(type) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=type) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is not none and (existing.is_view != target.is_view or not target.is_view) -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- set sql = without_recursion(compiled_code) -%}
    {% call statement('main') %}
        {{ create_view_as(target, sql) if target.is_view else create_table_as(False, target, sql) }}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{% materialization replaced_table, adapter='spark' %}
    {{ return(build_on_spark('table')) }}
{% endmaterialization %}

{% materialization replaced_view, adapter='spark' %}
    {{ return(build_on_spark('view')) }}
{% endmaterialization %}

{% materialization incremental, adapter='spark' %}
    {{ return(incremental_on_spark()) }}
{% endmaterialization %}
