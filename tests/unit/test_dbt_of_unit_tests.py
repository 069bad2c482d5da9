"""What the process of dbt's unit tests does in dbt's place does the same. Not here: the tests it runs."""

import pytest
from dbt.compilation import inject_ctes_into_sql
from dbt.contracts.graph.nodes import InjectedCTE

from tests.support.dbt_of_unit_tests import asked_once, compiled_once, with_ctes

CTES = [InjectedCTE(id=name, sql=f" __dbt__cte__{name} as (\nselect 1 as with_one\n)") for name in ("a", "b")]


def without_spaces(sql: str) -> str:
    return "".join(sql.split())


@pytest.mark.parametrize(
    "sql",
    [
        "with x as (select 1) select * from x",
        "\n  WITH\nx as (select 1) select * from x",
        "-- with a word\n/* and with\nothers */ with x as (select 1) select * from x",
        "with recursive x as (select 1) select * from x",
        "select * from within",
        "  select * from (with x as (select 1) select * from x) as y",
        "-- with a word\nselect 'with'",
        "(select 1) union all (select 2)",
        "withheld",
    ],
)
def test_ctes_stand_where_dbt_puts_them(sql: str) -> None:
    assert without_spaces(with_ctes(sql, CTES)) == without_spaces(inject_ctes_into_sql(sql, CTES))
    assert with_ctes(sql, []) == sql


def test_the_columns_of_each_relation_are_asked_for_once() -> None:
    asked: list[str] = []

    def ask(adapter: str, relation: str) -> list[str]:
        asked.append(relation)
        return [f"a column of {relation}"]

    get_columns = asked_once(ask)
    found = [get_columns("adapter", relation) for relation in ("one", "other", "one")]
    assert found == [["a column of one"], ["a column of other"], ["a column of one"]]
    assert asked == ["one", "other"]


def test_a_text_is_compiled_once_for_a_kind_of_environment_and_a_file_each_time() -> None:
    compiled: list[tuple] = []

    def compile_anew(environment: object, source: str, *named: object) -> int:
        compiled.append((type(environment), source, *named))
        return len(compiled)

    compile_ = compiled_once(compile_anew)
    calls = [("a", "{{ x }}"), ("b", "{{ x }}"), (1, "{{ x }}"), ("a", "{{ y }}"), ("a", "{{ x }}", "a file")]
    assert [compile_(*call) for call in calls] == [1, 1, 2, 3, 4]
    assert compile_("a", "{{ x }}") == 1
