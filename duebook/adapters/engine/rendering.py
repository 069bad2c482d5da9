"""An adapter's SELECTs, with the names in them resolved.

They know three names and no other Jinja: `{{ source('xero', 'invoice') }}`, `{{ ref('xero__documents') }}` for a SELECT
of the adapter's own, and `{{ option('receivable_accounts') }}`. So the same file compiles in a dbt project that has
the last one as a macro (adapters/dbt/option.sql).
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from duebook.adapters.engine.definition import AdapterError
from duebook.spelling import answer
from duebook.sql_text import literal

_JINJA = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_REF = re.compile(r"""\bref\(\s*['"]([^'"]+)['"]\s*\)""")


class Names:
    """What an adapter's SELECTs may name.

    Attributes:
        refs: by the name of a SELECT that was run, the table made of it; grows as they are run.
    """

    def __init__(self, adapter: str, tables: Mapping[str, str], options: Mapping[str, Any]) -> None:
        """Take the views of the source's tables, and the options."""
        self._sources = {(adapter, name): relation for name, relation in tables.items()}
        self._sources["declared", "companies"] = "declared_companies"
        self._options = options
        self.refs: dict[str, str] = {}

    def render(self, file: Path) -> str:
        """Return the SELECT of a file.

        Raises:
            AdapterError: it names something that isn't there, or is not one SELECT.
        """
        given = {"source": self._source, "ref": self._ref, "option": self._option}
        try:
            sql = _template(file.read_text(encoding="utf-8")).render(given).strip().rstrip(";")
            statements = duckdb.extract_statements(sql)
        except (TemplateError, AdapterError, duckdb.Error) as error:
            raise AdapterError(f"{file}: {error}") from None
        if [one.type for one in statements] != [duckdb.StatementType.SELECT]:
            raise AdapterError(f"{file}: expected one SELECT and nothing else.")
        return sql

    def _source(self, adapter: str, table: str) -> str:
        if (adapter, table) not in self._sources:
            raise AdapterError(answer(f"{adapter}.{table}", [".".join(one) for one in self._sources], "source"))
        return self._sources[adapter, table]

    def _ref(self, name: str) -> str:
        if name not in self.refs:
            raise AdapterError(answer(name, self.refs or ["none"], "SELECT of this adapter"))
        return self.refs[name]

    def _option(self, name: str) -> str:
        if name not in self._options:
            raise AdapterError(answer(name, self._options or ["none"], "option"))
        return _sql(self._options[name])


@cache
def _template(text: str) -> Template:
    """A SELECT's text compiled by Jinja, which takes longer than all else here; once, however often a process lands."""
    return _JINJA.from_string(text)


def in_order_of_refs(files: Sequence[Path]) -> list[Path]:
    """Return files of SELECTs so that each comes after those it refers to.

    Raises:
        AdapterError: some refer to each other in a circle.
    """
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    reads = {file: {one for one in files if one.stem in _REF.findall(text)} for file, text in texts.items()}
    try:
        return list(TopologicalSorter(reads).static_order())
    except CycleError as error:
        circle = " → ".join(file.stem for file in error.args[1])
        raise AdapterError(f"SELECTs refer to each other in a circle: {circle}") from None


def _sql(value: Any) -> str:
    """A value of YAML as SQL; a list as one in parentheses, for `in`; an empty one holds nothing."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return f"({', '.join(map(_sql, value)) or 'null'})"
    return literal(value)
