"""A source without what an adapter may do without, and without what it needs: for any adapter that reads tables.

Here: a source in which everything is there that adapter.yml declares, copies of it without some of that, and what has
to come of them. Not here: the adapters and their fixtures (tests/integration/test_adapters_left_out.py).
"""

import csv
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from duebook.adapters.engine.coverage import coverage, kpi_needs
from duebook.adapters.engine.definition import Limit, Shape, SourceTable, read_adapter
from duebook.contract import read_contract
from tests.support.adapters.month_ends import made_of

CSV, JSON_LINES = ".csv", ".jsonl"
# How a KPI may be fed, the best first.
FED = ("yes", "partly", "no")


def shape_of(adapter: str, shape: str) -> Shape:
    """A shape as adapter.yml declares it."""
    return read_adapter(adapter, read_contract()).definition.shapes[shape]


def identifier(name: str, table: SourceTable) -> str:
    """What a table's file is called."""
    return table.identifier or name


def optional_tables(shape: Shape) -> list[str]:
    """The tables that may be missing."""
    return [name for name, table in shape.tables.items() if not table.required]


def optional_columns(shape: Shape, most: int) -> list[list[str]]:
    """The columns that may be missing, as `table.column`, in rounds: in each, every `most`th of every table."""
    columns = [[f"{name}.{column}" for column in table.may_have] for name, table in shape.tables.items()]
    in_turn = [list(filter(None, turn)) for turn in zip_longest(*columns)]
    return [[column for turn in in_turn[place::most] for column in turn] for place in range(most)]


def with_everything(shape: Shape, source: Path, folder: Path) -> Path:
    """Copy a source of CSV files or JSON lines; what it lacks of adapter.yml is there, without a value.

    Returns:
        The folder of the copy.
    """
    folder.mkdir(parents=True)
    for name, table in shape.tables.items():
        stem = identifier(name, table)
        if (source / f"{stem}{JSON_LINES}").exists():
            _change_json(source, folder, stem, lambda first, table=table: _add_keys(first, table.columns))
        else:
            rows = _rows(source / f"{stem}{CSV}")
            header = list(dict.fromkeys([*rows[0], *table.columns])) if rows else list(table.columns)
            _write_rows(folder / f"{stem}{CSV}", [header, *(_filled_up(row, header) for row in rows[1:])])
    return folder


def without(shape: Shape, source: Path, folder: Path, left_out: Collection[str]) -> Path:
    """Copy a source but for some tables, and some columns (`table.column`); of an object's value, but for the object.

    Returns:
        The folder of the copy.
    """
    folder.mkdir(parents=True)
    for name, table in shape.tables.items():
        if name in left_out:
            continue
        stem = identifier(name, table)
        gone = [column for column in table.columns if f"{name}.{column}" in left_out]
        file = source / f"{stem}{CSV}"
        if not gone:
            found = file if file.exists() else source / f"{stem}{JSON_LINES}"
            (folder / found.name).symlink_to(found)
        elif file.exists():
            rows = _rows(file)
            # A column is found by what stands before its first dot, too.
            kept = [place for place, column in enumerate(rows[0]) if not set(gone) & {column}]
            _write_rows(folder / file.name, [[row[place] for place in kept] for row in rows])
        else:
            _change_json(source, folder, stem, None, [column.split(".")[0] for column in gone])
    return folder


def faults_of_what_landed(
    adapter: str,
    source: Path,
    home: Path,
    options: Path | None,
    missing: list[str],
    filled: dict[str, frozenset[str]] | None = None,
) -> list[str]:
    """Read a source; say which columns that the contract requires have no value in a row that isn't deleted.

    Args:
        adapter: its name.
        source: the source.
        home: a folder for the home.
        options: a file with options.
        missing: is filled with the tables and columns that aren't there.
        filled: if given, with the columns that have a value, by the contract's table.
    """
    contract = read_contract()
    with made_of(adapter, source, home, options) as made:
        missing += made.missing
        if filled is not None:
            filled |= made.extracted.filled
        return list(without_value(made.extracted, contract))


def costs_not_said(
    before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]], limits: Sequence[Limit]
) -> list[str]:
    """Say which KPIs lose something of which the coverage report doesn't speak.

    Args:
        before: by the contract's table, the columns filled by a source with everything.
        after: the same of one without something.
        limits: what the source can't say.
    """
    lost = {table for table, columns in before.items() if columns and not after.get(table)}
    lost |= {f"{table}.{column}" for table, columns in before.items() for column in columns - after.get(table, set())}
    of_before = {one.kpi: one.fed for one in coverage(before, limits)}
    found = {one.kpi: one for one in coverage(after, limits)}
    lines = [f"{kpi} is fed better" for kpi, one in found.items() if FED.index(one.fed) < FED.index(of_before[kpi])]
    for group in kpi_needs():
        for kpi in group.kpis:
            said = found[kpi]
            unsaid = [need for need in lost & set(group.needs) if said.fed != "no" or need not in said.because]
            if said.fed != "no":
                unsaid += [need for need in lost & set(group.better_with) if need not in said.because]
                unsaid += [kpi] * (said.fed == "yes" and bool(lost & set(group.better_with)))
            lines += [f"{kpi}: nothing is said of {need}" for need in unsaid]
    return lines


def without_value(made: Any, contract: Any) -> Iterator[str]:
    for name, relation in made.tables.items():
        given = {column for (column,) in made.con.execute(f"select column_name from (describe {relation})").fetchall()}
        standing = "where not coalesce(is_deleted, false)" if "is_deleted" in given else ""
        counts = {
            column: f"count(*) - count({column})" for column in contract.table(name).required_columns if column in given
        }
        missing = made.con.execute(f"select {', '.join(counts.values())} from {relation} {standing}").fetchone()
        yield from (f"{name}.{column}" for column, number in zip(counts, missing, strict=True) if number)


def _rows(file: Path) -> list[list[str]]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def _write_rows(file: Path, rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(rows)


def _filled_up(row: list[str], header: list[str]) -> list[str]:
    return [*row, *[""] * (len(header) - len(row))]


def _add_keys(row: dict[str, Any], columns: Collection[str]) -> None:
    for column in columns:
        outer, *inner = column.split(".")
        if inner:
            place = row.setdefault(outer, {})
            if isinstance(place, dict):
                place.setdefault(inner[0], None)
        else:
            row.setdefault(outer, None)


def _change_json(
    source: Path,
    folder: Path,
    stem: str,
    add: Callable[[dict[str, Any]], None] | None,
    gone: Collection[str] = (),
) -> None:
    """Copy JSON lines, with keys added to the first object, and without some keys."""
    file = source / f"{stem}{JSON_LINES}"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    if add is not None:
        add(rows[0])
    kept = [{key: value for key, value in row.items() if key not in gone} for row in rows]
    (folder / file.name).write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
