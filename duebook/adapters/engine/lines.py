"""Lines of cells, as a table of DuckDB: every column text, every row with its file and its line there.

Not here: where the lines come from (worksheets.py, flat/reading.py).
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from duebook.adapters.engine.definition import AdapterError
from duebook.sql_text import identifier
from duebook.words import counted

FILE, ROW = "_file", "_row"
# A line: its number in the file, from 1, and its cells.
Line = tuple[int, list[str | None]]
# Lines handed over at once.
BATCH = 20_000
# Faults of a kind that are shown one by one; the message says how many there are.
MOST_SHOWN = 3


def is_filled(cells: Sequence[str | None]) -> bool:
    """Whether any cell of a line holds something."""
    return any(cell not in (None, "") for cell in cells)


def names_of(place: Path | str, header: Sequence[str | None]) -> list[str]:
    """The columns' names; those without one are called by their place, as a spreadsheet does not.

    Raises:
        AdapterError: two columns have one name.
    """
    names = [(cell or "").strip() or f"column {position}" for position, cell in enumerate(header, start=1)]
    while names and names[-1] == f"column {len(names)}":
        names.pop()
    twice = sorted({name for name in names if [one.casefold() for one in names].count(name.casefold()) > 1})
    if twice:
        raise AdapterError(f"{place}: the header has {', '.join(twice)} more than once; give each column its own name.")
    return names


def make_table(con: duckdb.DuckDBPyConnection, relation: str, names: Sequence[str]) -> None:
    """Make an empty table for lines with these columns."""
    listed = ", ".join(f"{identifier(name)} varchar" for name in [FILE, *names])
    con.execute(f"create or replace temp table {relation} ({ROW} bigint, {listed})")


def add_lines(
    con: duckdb.DuckDBPyConnection, relation: str, place: Path | str, lines: Iterator[Line], names: Sequence[str]
) -> list[str]:
    """Add lines to a table, but for those with more cells than there are columns.

    Args:
        con: where the table is.
        relation: the table, with these columns in any order.
        place: where the lines are from, as `_file` and messages name it.
        lines: those after the header.
        names: the columns the lines have.

    Returns:
        What is wrong with lines that have more; nothing, where none has.
    """
    too_long: list[Line] = []
    while batch := list(islice(lines, BATCH)):
        too_long += [line for line in batch if is_filled(line[1][len(names) :])]
        rows = [line for line in batch if not is_filled(line[1][len(names) :])]
        con.register("batch", _table(str(place), rows, names))
        con.execute(f"insert into {relation} by name select * from batch")
        con.unregister("batch")
    if not too_long:
        return []
    shown = "; ".join(f"line {number}: {len(cells)} cells" for number, cells in too_long[:MOST_SHOWN])
    return [
        f"{place}, {shown}, and the header names {len(names)} columns ({counted(len(too_long), 'line')}). "
        "Is the delimiter right, and is text that holds it in quotation marks?"
    ]


def _table(place: str, rows: Sequence[Line], names: Sequence[str]) -> pa.Table:
    columns: dict[str, list[object]] = {ROW: [number for number, _ in rows], FILE: [place] * len(rows)}
    for position, name in enumerate(names):
        columns[name] = [cells[position] if position < len(cells) else None for _, cells in rows]
    schema = pa.schema([(ROW, pa.int64()), *((name, pa.string()) for name in [FILE, *names])])
    return pa.table(columns, schema=schema)
