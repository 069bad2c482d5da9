{#
  Days that add on Spark, with the setting SPARK_BUCKETS (docs/decisions/0110-spark-by-dispatch.md). Parquet knows no
  delete: what can be replaced is a folder of files. So a table of a model that keeps its rows has a folder for each value
  of `kept_in`, which says where a row stands: in a bucket of items, or with the rows of its run. A second table over the
  same files, `<model>__kept`, has that column, and is there while the model is built; in the model's own nobody sees it.
  Delta and Iceberg delete as other engines do.

  - `adds_days()`: whether tables are built so that a day can add to them in Parquet;
  - `is_parquet()`: whether they are Parquet at all.
  - `incremental_on_spark()`: builds an incremental model; the materialization calls it.
  - `kept_in()`: the expression that says where a row of the model stands.
  - `create_kept()`: builds the model's table as a whole, in folders by `kept_in`.
  - `files_of(relation)`: the clause that says where a table's files are.
  - `with_columns(columns, more)`: columns with their types, as a `create table` lists them; `more`: one more of these.
  - `replace_rows(arg_dict, gone, which)`: replaces the folders in which rows go or come, and no other; arguments as in
    macros/strategies/replace_rows.sql.
  - `get_incremental_append_sql(arg_dict)`: for dbt's dispatch; dbt-spark's takes other arguments.
#}
{% macro adds_days() %}
    {{- return(is_parquet() and env_var('DUEBOOK_SPARK_BUCKETS', '0') | int > 0) -}}
{% endmacro %}

{% macro is_parquet() %}
    {{- return(env_var('DUEBOOK_SPARK_FORMAT', 'parquet') == 'parquet') -}}
{% endmacro %}

{% macro incremental_on_spark() %}
    {%- set strategy = config.get('incremental_strategy') -%}
    {#- In Parquet, what is collected is of the run alone: no try of it came before. #}
    {%- set keeps = strategy != 'collect' if adds_days() else not is_parquet() -%}
    {%- set is_added = keeps and increments() and load_cached_relation(this) is not none -%}
    {%- if not is_added and not (adds_days() and strategy in ('replace_this_run', 'add_up')) -%}
        {{ return(build_on_spark('table')) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- if not is_added -%}
        {%- do create_kept() -%}
    {%- else -%}
        {%- set found = this.incorporate(path={'identifier': this.identifier ~ '__found'}) -%}
        {%- set dest_columns = adapter.get_columns_in_relation(this) -%}
        {%- do run_query('drop table if exists ' ~ found) -%}
        {%- do run_query(
            'create table ' ~ found ~ ' using parquet as select ' ~ dest_columns | map(attribute='name') | join(', ')
            ~ ' from (' ~ without_recursion(compiled_code) ~ ') as found'
        ) -%}
        {%- set add = adapter.get_incremental_strategy_macro(context, strategy) -%}
        {%- call statement('main') -%}
            {{ add({
                'target_relation': this, 'temp_relation': found, 'dest_columns': dest_columns,
                'unique_key': config.get('unique_key'),
            }) }}
        {%- endcall -%}
        {%- do run_query('drop table ' ~ found) -%}
        {%- do run_query('drop table if exists ' ~ this ~ '__kept') -%}
        {%- do run_query('refresh table ' ~ this) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmacro %}

{% macro kept_in() -%}
    {%- set key = config.get('unique_key') -%}
    {%- if config.get('incremental_strategy') == 'replace_this_run' -%}
        {%- set texts = [] -%}
        {%- for part in ([key] if key is string else key) -%}{%- do texts.append('cast(' ~ part ~ ' as string)') -%}{%- endfor -%}
        cast(pmod(hash({{ texts | join(', ') }}), {{ env_var('DUEBOOK_SPARK_BUCKETS') }}) as string)
    {%- else -%}
        changed_in
    {%- endif -%}
{%- endmacro %}

{% macro create_kept() %}
    {%- set sql = without_recursion(compiled_code) -%}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
        {%- set sql = get_select_subquery(sql) -%}
    {%- endif -%}
    {%- set kept = this.incorporate(path={'identifier': this.identifier ~ '__kept'}) -%}
    {%- call statement('main') -%}
        create table {{ kept }} using parquet partitioned by (kept_in) {{ files_of(this) }} as
        select /*+ rebalance(kept_in) */ * from (select *, {{ kept_in() }} as kept_in from ({{ sql }}) as found) as placed
    {%- endcall -%}
    {%- set columns = adapter.get_columns_in_relation(kept) | rejectattr('name', 'equalto', 'kept_in') | list -%}
    {%- do run_query('drop table ' ~ kept) -%}
    {%- do run_query(
        'create table ' ~ this ~ with_columns(columns) ~ " using parquet options (recursiveFileLookup 'true') " ~ files_of(this)
    ) -%}
{% endmacro %}

{% macro files_of(relation) -%}
    {%- set folder = env_var('DUEBOOK_SPARK_WAREHOUSE') ~ '/' ~ relation.schema ~ '.db/' ~ relation.identifier -%}
    location '{{ folder | replace("'", "''") }}'
{%- endmacro %}

{% macro with_columns(columns, more=none) -%}
    {%- set listed = [] -%}
    {%- for column in columns -%}{%- do listed.append(column.name ~ ' ' ~ column.dtype) -%}{%- endfor -%}
    {{- ' (' ~ ((listed + [more]) if more else listed) | join(', ') ~ ')' -}}
{%- endmacro %}

{% macro spark__replace_rows(arg_dict, gone, which=none) %}
    {%- set target, found = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
    {%- if not is_parquet() -%}
        {#- A statement each: Spark runs one at a time. #}
        {%- do run_query('delete from ' ~ target ~ ' where ' ~ gone) -%}
        {{ return(append_rows(arg_dict, which)) }}
    {%- endif -%}
    {%- set kept = target ~ '__kept' -%}
    {%- set names = arg_dict['dest_columns'] | map(attribute='name') | join(', ') -%}
    {%- do run_query(
        'create table ' ~ kept ~ with_columns(arg_dict['dest_columns'], 'kept_in string')
        ~ ' using parquet partitioned by (kept_in) ' ~ files_of(target)
    ) -%}
    {%- set touched = run_query(
        'select kept_in, max(comes) from (select kept_in, 0 as comes from ' ~ kept ~ ' where ' ~ gone
        ~ ' union all select ' ~ kept_in() ~ ', 1 from ' ~ found ~ ') as touched group by kept_in'
    ) -%}
    {%- set folders, of_gone = [], [] -%}
    {%- for folder in touched.rows -%}
        {%- do (folders if folder[1] else of_gone).append("'" ~ folder[0] ~ "'") -%}
    {%- endfor -%}
    {#- Where no row comes, and none stays, a folder has to be emptied: only those of rows are replaced. #}
    {%- if of_gone -%}
        {%- set with_rows = run_query(
            'select distinct kept_in from ' ~ kept ~ ' where kept_in in (' ~ of_gone | join(', ') ~ ') and (' ~ gone ~ ') is not true'
        ) -%}
        {%- for folder in with_rows.rows -%}{%- do folders.append("'" ~ folder[0] ~ "'") -%}{%- endfor -%}
        {%- for folder in of_gone if folder not in folders -%}
            {%- do run_query(
                'insert overwrite table ' ~ kept ~ ' partition (kept_in = ' ~ folder ~ ') select ' ~ names ~ ' from ' ~ found ~ ' where 1 = 0'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if not folders -%}
        {{ return('refresh table ' ~ target) }}
    {%- endif %}
    insert overwrite table {{ kept }}
    select /*+ rebalance(kept_in) */ * from (
        select {{ names }}, {{ kept_in() }} as kept_in from {{ found }}
        union all
        select {{ names }}, kept_in from {{ kept }} where kept_in in ({{ folders | join(', ') }}) and ({{ gone }}) is not true
    ) as placed
{% endmacro %}

{% macro spark__get_incremental_append_sql(arg_dict) %}
    {{- return(append_rows(arg_dict)) -}}
{% endmacro %}
