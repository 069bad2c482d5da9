"""The raw contract as the tests read it: tables, columns, types, keys and references, straight from the dbt sources.

Here: reading, and turning landed text into typed values. Not here: any list of tables or columns, which would be a
second copy of the contract.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import yaml

from orchestration.settings import DBT_PROJECT_DIR


@dataclass(frozen=True)
class Column:
    """One column: its contract type and what its meta keys say."""

    name: str
    data_type: str
    required: bool
    references: str | None
    default: Any
    greater_than: Decimal | None
    added_by_loader: bool

    def typed(self, text: str | None) -> Any:
        """The value of a landed cell; raises ValueError when it does not cast."""
        if text is None or text == "":
            return None
        kind = self.data_type.split("(")[0]
        if kind == "decimal":
            try:
                return Decimal(text)
            except InvalidOperation as error:
                raise ValueError(f"{text!r} is no decimal") from error
        if kind == "boolean":
            return {"true": True, "false": False}[text.lower()]
        casts = {"date": date.fromisoformat, "timestamp": datetime.fromisoformat, "integer": int, "bigint": int}
        return casts.get(kind, str)(text)


@dataclass(frozen=True)
class Table:
    """One table: domain, key, columns by name, and the columns of which exactly one is given."""

    domain: str
    name: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    exactly_one: tuple[str, ...]


@cache
def raw_contract() -> dict[str, Table]:
    """Every table of the contract by name."""
    tables = {}
    for path in sorted((DBT_PROJECT_DIR / "models" / "sources").glob("*.yml")):
        for source in yaml.safe_load(path.read_text())["sources"]:
            for table in source["tables"]:
                tables[table["name"]] = _table(source["name"], table)
    return tables


def _table(domain: str, table: dict[str, Any]) -> Table:
    meta = table["config"]["meta"]
    columns = {column["name"]: _column(column) for column in table["columns"]}
    rules = " ".join(rule["holds"] for rule in meta.get("row_rules", []))
    exactly_one = tuple(name for name in columns if f"({name} is null)" in rules)
    return Table(domain, table["name"], tuple(meta["key"]), columns, exactly_one)


def _column(column: dict[str, Any]) -> Column:
    meta = column.get("config", {}).get("meta", {})
    floor = meta.get("greater_than")
    return Column(
        name=column["name"],
        data_type=column["data_type"],
        required=meta.get("required", False),
        references=meta.get("references"),
        default=meta.get("default"),
        greater_than=None if floor is None else Decimal(floor),
        added_by_loader=meta.get("added_by_loader", False),
    )
