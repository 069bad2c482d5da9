"""dbt's process for unit tests: as a refresh calls dbt, but for what each of hundreds of tests would do anew.

dbt compiles a model's Jinja, asks for the columns of what it reads, and parses its SQL with all brackets to find its
`with`, for each test of a model: together a third of its time. Here: remembering these. Not here: what dbt tests.
"""

import re
from collections.abc import Callable
from types import CodeType
from typing import Any

from duebook.warehouse import dbt_process

# Up to the `with` of a model, where it begins with one.
START = re.compile(r"(?:\s|--[^\n]*|/\*.*?\*/)*(?P<begins>with\b(?:\s+recursive\b)?)?", re.IGNORECASE | re.DOTALL)


def with_ctes(sql: str, ctes: list[Any]) -> str:
    """A query that begins with further CTEs, as dbt's own function of this purpose returns it."""
    if not ctes:
        return sql
    start, further = START.match(sql), ", ".join(cte.sql for cte in ctes)
    if start["begins"]:
        return f"{sql[: start.end()]} {further}, {sql[start.end() :]}"
    return f"with {further} {sql}"


def remember() -> None:
    """Have dbt remember code and columns, and find a `with` at sight."""
    from dbt import compilation
    from dbt.adapters.duckdb.impl import DuckDBAdapter
    from dbt_common.clients.jinja import MacroFuzzEnvironment

    compilation.inject_ctes_into_sql = with_ctes
    DuckDBAdapter.get_columns_in_relation = asked_once(DuckDBAdapter.get_columns_in_relation)
    MacroFuzzEnvironment.compile = compiled_once(MacroFuzzEnvironment.compile)


def asked_once(ask: Callable[..., list]) -> Callable[..., list]:
    """A method that asks once for the columns of a relation: no unit test changes one."""
    columns: dict[str, list] = {}

    def get_columns(adapter: object, relation: object) -> list:
        if str(relation) not in columns:
            columns[str(relation)] = ask(adapter, relation)
        return columns[str(relation)]

    return get_columns


def compiled_once(compile_anew: Callable[..., CodeType]) -> Callable[..., CodeType]:
    """A method that compiles a text once for all environments of one kind, which know the same words."""
    compiled: dict[tuple[type, str], CodeType] = {}

    def compile_(environment: object, source: object, *named: object, **how: object) -> CodeType:
        if not isinstance(source, str) or any(named) or any(how.values()):
            return compile_anew(environment, source, *named, **how)
        key = (type(environment), source)
        if key not in compiled:
            compiled[key] = compile_anew(environment, source)
        return compiled[key]

    return compile_


if __name__ == "__main__":
    remember()
    dbt_process.main()
