"""The raw contract, read from the dbt source definitions into frozen dataclasses.

Here: tables, columns, types and rules as the YAML files state them; definitions that contradict each other are an
error. Not here: any table or column name (the YAML is the only list), and what a rule means in SQL (``cells``).
"""

import re
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from duebook.settings import DBT_PROJECT_DIR

SOURCES_DIR = DBT_PROJECT_DIR / "models" / "sources"

_SQL_TYPES = {
    "string": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "integer": "INTEGER",
    "bigint": "BIGINT",
}
# What stands in the place of a value that is not shown.
MASK = "***"
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


class ContractError(ValueError):
    """The source definitions contradict each other; the message names file, table and column."""


@dataclass(frozen=True)
class RowRule:
    """A condition over a whole row: SQL over typed columns, the column to blame, and the reason."""

    column: str
    reason: str
    holds: str


@dataclass(frozen=True)
class Column:
    """One column: its name and type, and the rules under its ``meta``."""

    name: str
    data_type: str
    description: str = ""
    required: bool = False
    references: str | None = None
    values: tuple[str, ...] = ()
    default: str | int | float | bool | None = None
    greater_than: int | float | None = None
    at_least: int | float | None = None
    at_most: int | float | None = None
    listed_in: str | None = None
    currency: bool = False
    personal: bool = False
    free_text: bool = False
    added_by_loader: bool = False

    @property
    def is_hidden(self) -> bool:
        """Whether its cells may name a person: no message shows them, and marts mask them."""
        return self.personal or self.free_text

    @cached_property
    def kind(self) -> str:
        """The type without its size: string, decimal, date, timestamp, boolean, integer or bigint."""
        return self.data_type.split("(")[0]

    @cached_property
    def size(self) -> tuple[int, int]:
        """Precision and scale of a decimal."""
        precision, scale = _DECIMAL.fullmatch(self.data_type).groups()
        return int(precision), int(scale)

    @cached_property
    def sql_type(self) -> str:
        """The type as DuckDB writes it."""
        return _SQL_TYPES.get(self.data_type) or "DECIMAL({},{})".format(*self.size)


@dataclass(frozen=True)
class Table:
    """One raw table: its columns in contract order, its key and its row rules."""

    domain: str
    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    row_rules: tuple[RowRule, ...] = ()

    @cached_property
    def landed_columns(self) -> tuple[Column, ...]:
        """The columns a source may land."""
        return tuple(column for column in self.columns if not column.added_by_loader)

    @cached_property
    def required_columns(self) -> tuple[str, ...]:
        """The columns every file must have: the key, and what is marked required."""
        return tuple(c.name for c in self.landed_columns if c.required or c.name in self.key)


@dataclass(frozen=True)
class Contract:
    """Every raw table, in the order of the source files."""

    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """The table of that name; KeyError when there is none."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Table]:
        return {table.name: table for table in self.tables}


@cache
def read_contract(sources_dir: Path = SOURCES_DIR) -> Contract:
    """Read every source file of a folder.

    Source tables without a ``key`` are not landed (the loader or the gates write them) and are left out.

    Raises:
        ContractError: a type, a rule or a name that makes no sense.
    """
    tables = [
        _table(path, source["name"], table)
        for path in sorted(sources_dir.glob("*.yml"))
        for source in yaml.safe_load(path.read_text(encoding="utf-8")).get("sources", [])
        for table in source["tables"]
        if "key" in _meta(table)
    ]
    names = [table.name for table in tables]
    for table in tables:
        if names.count(table.name) > 1:
            raise ContractError(f"{table.name} is defined twice under {sources_dir}")
        for column in table.columns:
            if column.references and column.references not in names:
                raise ContractError(f"{table.name}.{column.name} references {column.references}, which is no table")
    return Contract(tuple(tables))


def _meta(node: dict[str, Any]) -> dict[str, Any]:
    return node.get("config", {}).get("meta", {})


def _table(path: Path, domain: str, node: dict[str, Any]) -> Table:
    name, meta = node["name"], _meta(node)
    where = f"{path.name}: {name}"
    _refuse_unknown(where, meta, {"key", "required", "row_rules"})
    columns = tuple(_column(where, column) for column in node["columns"])
    names = {column.name for column in columns}
    rules = tuple(RowRule(**rule) for rule in meta.get("row_rules", ()))
    for column in (*meta["key"], *(rule.column for rule in rules)):
        if column not in names:
            raise ContractError(f"{where} has no column {column}, but its key or a row rule names it")
    for column in columns:
        if column.name in meta["key"] and column.is_hidden:
            raise ContractError(f"{where}.{column.name} is part of the key: keys are published, so it can't be masked")
    return Table(
        domain=domain,
        name=name,
        description=node.get("description", ""),
        columns=columns,
        key=tuple(meta["key"]),
        required=meta.get("required", False),
        row_rules=rules,
    )


def _column(where: str, node: dict[str, Any]) -> Column:
    where, meta = f"{where}.{node['name']}", dict(_meta(node))
    _refuse_unknown(where, meta, {field.name for field in fields(Column)} - {"name", "data_type", "description"})
    data_type = node["data_type"].replace(" ", "").lower()
    if data_type not in _SQL_TYPES and not _DECIMAL.fullmatch(data_type):
        raise ContractError(f"{where}: {node['data_type']} is no type of the contract")
    meta["values"] = tuple(meta.get("values", ()))
    return Column(name=node["name"], data_type=data_type, description=node.get("description", ""), **meta)


def _refuse_unknown(where: str, meta: dict[str, Any], known: set[str]) -> None:
    for key in meta:
        if key not in known:
            raise ContractError(f"{where}: the contract has no rule `{key}`; it knows {', '.join(sorted(known))}")
