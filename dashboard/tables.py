"""Rows for the pages, in little room.

Here: records as a list of columns and lists of values. Not here: what is read; static/figures.js makes records again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.axes import plain


def as_table(records: Sequence[Mapping[str, Any]]) -> dict[str, list]:
    """Return records as `columns`, named once, and `rows`, a list of values each."""
    columns = list(records[0]) if records else []
    return {"columns": columns, "rows": [[plain(value) for value in record.values()] for record in records]}


def by_key(records: Sequence[Mapping[str, Any]], key: str) -> dict[str, Any]:
    """Return records as `columns`, named once, without the key, and `rows`: by key, a list of values for each."""
    table: dict[str, Any] = {"columns": [name for name in records[0] if name != key] if records else [], "rows": {}}
    for record in records:
        row = [plain(record[column]) for column in table["columns"]]
        table["rows"].setdefault(record[key], []).append(row)
    return table
