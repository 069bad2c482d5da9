{#
  A recursive query where the engine has no such recursion: Spark knows neither windows nor `union distinct` in it. The same
  text is run turn by turn: the query before the union fills a table, the one after it reads what the last turn added and
  adds to it, until a turn adds nothing; then the recursive CTE reads that table.
  It knows the CTEs by how models write them: name and bracket on a line of their own, the union between two lines.

  - `recursion_of(sql)`: the parts of the model's one recursive CTE, as a dict; none if it has none;
  - `without_recursion(sql)`: the same query, of which the recursive CTE has been run. `sql`: a model's compiled code.
#}
{% macro recursion_of(sql) %}
    {%- if modules.re.search('(?m)^ *with recursive\\b', sql) -%}
        {%- for cte in modules.re.finditer('(?ms)^(\\w+) as \\(\\n(.*?)^\\)', sql) -%}
            {%- set own = '(?ms)^(.*?)^    union (all|distinct)$(.*\\b(?:from|join) ' ~ cte.group(1) ~ '\\b.*)' -%}
            {%- set halves = modules.re.match(own, cte.group(2)) -%}
            {%- if halves -%}
                {{ return({
                    'before': modules.re.sub('(?m)^ *with recursive\\b', 'with', sql[:cte.start()], count=1),
                    'name': cte.group(1),
                    'start': halves.group(1),
                    'is_distinct': halves.group(2) == 'distinct',
                    'turn': halves.group(3),
                    'after': sql[cte.end():],
                }) }}
            {%- endif -%}
        {%- endfor -%}
        {{ exceptions.raise_compiler_error(model.name ~ ' is recursive, and has no recursive CTE that is written as models are') }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}

{% macro without_recursion(sql) %}
    {%- set recursion = recursion_of(sql) -%}
    {%- if not recursion -%}{{ return(sql) }}{%- endif -%}
    {%- set turns = this.schema ~ '.' ~ this.identifier ~ '__turns' -%}
    {#- The managed tables of a Databricks catalogue are Delta's. #}
    {%- set file_format = 'delta' if target.type == 'databricks' else 'parquet' -%}
    {%- set same_turn = recursion.before ~ recursion.name ~ ' as (' -%}
    {%- do run_query('drop table if exists ' ~ turns) -%}
    {%- do run_query(
        'create table ' ~ turns ~ ' using ' ~ file_format ~ ' partitioned by (added_in) as ' ~ same_turn ~ recursion.start ~ ') select '
        ~ ('distinct ' if recursion.is_distinct) ~ '*, 0 as added_in from ' ~ recursion.name
    ) -%}
    {%- set columns = run_query('select * from ' ~ turns ~ ' limit 0').column_names | reject('equalto', 'added_in') | join(', ') -%}
    {%- set so_far = 'select ' ~ columns ~ ' from ' ~ turns -%}
    {%- set most = 100000 -%}
    {%- set ended = namespace(it=false) -%}
    {%- for turn in range(1, most) if not ended.it -%}
        {%- do run_query(
            'insert into ' ~ turns ~ ' ' ~ same_turn ~ so_far ~ ' where added_in = ' ~ (turn - 1) ~ '), added as ('
            ~ recursion.turn ~ (' except ' ~ so_far if recursion.is_distinct) ~ ') select *, ' ~ turn ~ ' from added'
        ) -%}
        {%- set added = run_query('select count(*) from ' ~ turns ~ ' where added_in = ' ~ turn) -%}
        {%- set ended.it = added.columns[0][0] | int == 0 -%}
    {%- endfor -%}
    {%- if not ended.it -%}
        {{ exceptions.raise_compiler_error(this.identifier ~ ': the recursion has not ended after ' ~ most ~ ' turns') }}
    {%- endif -%}
    {{ return(same_turn ~ so_far ~ ')' ~ recursion.after) }}
{% endmacro %}

{# The same for the query by which dbt asks for columns, for its dispatch. Arguments as in dbt's
   `get_empty_subquery_sql`: `select_sql`, the query; `select_sql_header`, what stands before it. #}
{% macro spark__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
    {{ return(default__get_empty_subquery_sql(without_recursion(select_sql), select_sql_header)) }}
{% endmacro %}

{# The same for a unit test, for dbt's dispatch. Arguments as in dbt's `get_unit_test_sql`: `main_sql`, the model;
   `expected_fixture_sql`, what is expected; `expected_column_names`, the columns compared. #}
{% macro spark__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) %}
    {{ return(default__get_unit_test_sql(without_recursion(main_sql), expected_fixture_sql, expected_column_names)) }}
{% endmacro %}
