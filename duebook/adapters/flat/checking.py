"""Rows of a list as a whole: those that contradict themselves, and those that a person should look at.

Here: running a grain's checks (adapters/flat/<grain>/checks) and saying what they find. Not here: cells that can't be
read (rows.py), conditions of the contract (duebook/landing).
"""

from pathlib import Path

import duckdb

from duebook.adapters.engine.lines import FILE, MOST_SHOWN, ROW
from duebook.adapters.engine.rendering import Names
from duebook.adapters.flat.mapping import FLAT_DIR, Mapping

# A SELECT of rows that can't be used: _file, _row, field, cell, expected, advice.
REFUSED = "refused.sql"


def refused_lines(con: duckdb.DuckDBPyConnection, mapping: Mapping, names: Names) -> list[str]:
    """Say which rows contradict themselves: a line for each kind of fault, with the first rows that have it.

    Args:
        con: where `flat_rows` is.
        mapping: says what the fields' columns are called, and the grain whose checks are run.
        names: what the checks may name.

    Raises:
        AdapterError: a check can't be run.
    """
    if not (check := _check(mapping, REFUSED)).exists():
        return []
    found = con.execute(
        f"select field, expected, advice, count(*), array_agg({{'file': {FILE}, 'row': {ROW}, 'cell': cell}} "
        f"order by {FILE}, {ROW})[:{MOST_SHOWN}] from ({names.render(check)}) group by all order by all"
    ).fetchall()
    lines = []
    for field, expected, advice, rows, first in found:
        column = mapping.column_of(field)
        named = f"{' and '.join(column.columns)} ({field})" if column else field
        shown = "; ".join(f"{one['file']}, line {one['row']}: {one['cell']!r}" for one in first)
        lines.append(f"{named}: expected {expected}, {rows:,} rows: {shown}. {advice}")
    return lines


def _check(mapping: Mapping, name: str) -> Path:
    return FLAT_DIR / mapping.grain / "checks" / name
