{#
  Databricks builds as Spark does (spark_builds.sql); untried (docs/guide/cloud.md). For incremental models it has a
  materialization of its own, which would go before Spark's and send a strategy's two statements as one.
#}
{% materialization incremental, adapter='databricks' %}
    {{ return(build_on_spark('table')) }}
{% endmaterialization %}
