"""The raw contract as the tests use it: the project's own reader of it, and what only tests ask.

Here: tables by name, and landed text turned into typed values. Not here: any list of tables or columns, which would be
a second copy of the contract.
"""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from duebook.contract import Column, Table, read_contract


@cache
def raw_contract() -> dict[str, Table]:
    """Every landed table by name."""
    return {table.name: table for table in read_contract().tables}


@cache
def waits_for(table: str) -> dict[str, str]:
    """Columns of the table that need their partner, and the table it stands in.

    Those that are required or have a default, and those of which a row rule asks exactly one.
    """
    definition = raw_contract()[table]
    rules = " ".join(rule.holds for rule in definition.row_rules)
    return {
        column.name: column.references
        for column in definition.columns
        if column.references and (column.required or column.default is not None or f"({column.name} is null)" in rules)
    }


def typed(column: Column, text: str | None) -> Any:
    """The value of a landed cell; raises ValueError when it does not cast."""
    if text is None or text == "":
        return None
    if column.kind == "decimal":
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise ValueError(f"{text!r} is no decimal") from error
    if column.kind == "boolean":
        return {"true": True, "false": False}[text.lower()]
    casts = {"date": date.fromisoformat, "timestamp": datetime.fromisoformat, "integer": int, "bigint": int}
    return casts.get(column.kind, str)(text)
