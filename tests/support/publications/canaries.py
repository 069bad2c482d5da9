"""A landing with a mark of its own in every cell that may name a person, and a search for the marks in a home.

Here: the sample's rows once more, marked, with rows that can't be used; reading every byte of a folder, and every text
of the databases and Parquet files in it. Not here: where a mark may be found (tests/integration/test_personal_data.py).
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from duebook.contract import Table, read_contract
from duebook.settings import RAW_SCHEMA, Settings
from duebook.sql_text import identifier
from tests.support.landing.files import write_csv

MARK = re.compile("Zqmark[0-9]+q")
# Columns of these can't hold a text.
PLAIN = {"BIGINT", "BOOLEAN", "DATE", "DOUBLE", "FLOAT", "INTEGER", "SMALLINT", "TIMESTAMP"}
UNKNOWN = "a column nobody knows"
LATER = "2026-06-30T23:00:00"
# Which of the sample's rows are marked; of other tables the first.
CHOSEN = {
    "customers": ["is_consumer", "not is_consumer"],
    "invoices": [
        f"customer_id in (select customer_id from {RAW_SCHEMA}.customers where {which})"
        for which in ("is_consumer", "not is_consumer")
    ],
    "receipts": ["reversed_date is not null"],
}
BUSINESS = 1
Search = Callable[[str], set[str]]


@dataclass(frozen=True)
class Mark:
    """Where a mark was put: a cell of a good row, or of one that can't be used."""

    table: str
    column: str
    is_good: bool
    row: int = 0

    @property
    def is_hidden(self) -> bool:
        """Whether the contract says that such a cell may name a person, or says nothing of it."""
        known = [column for column in read_contract().table(self.table).columns if column.name == self.column]
        return not known or known[0].is_hidden


class Marks:
    """Marks by their text."""

    def __init__(self) -> None:
        self.put: dict[str, Mark] = {}

    def new(self, *place: Any) -> str:
        """A new mark."""
        text = f"Zqmark{len(self.put)}q"
        self.put[text] = Mark(*place)
        return text

    def of(self, chosen: Callable[[Mark], bool]) -> set[str]:
        """The texts of some marks."""
        return {text for text, mark in self.put.items() if chosen(mark)}

    def named(self, texts: Iterable[str]) -> list[str]:
        """Where marks were put, for a person."""
        marks = [self.put[text] for text in sorted(texts)]
        return [f"{one.table}.{one.column} of a {'good' if one.is_good else 'bad'} row ({one.row})" for one in marks]


def land_marked(home: Settings, landing: Path) -> Marks:
    """Write a file for every table: rows of a refreshed home once more, marked, and rows that can't be used."""
    marks = Marks()
    with duckdb.connect(home.landed_file, read_only=True) as landed:
        for table in read_contract().tables:
            names = [column.name for column in table.landed_columns]
            good = [
                dict(zip(names, found, strict=True))
                for which in CHOSEN.get(table.name, ["true"])
                if (found := _row(landed, table, names, which))
            ]
            assert len(good) == len(CHOSEN.get(table.name, ["true"])), table.name
            rows = [_marked(marks, table, row, place) for place, row in enumerate(good)]
            write_csv(landing / table.domain / table.name / "zz_marked.csv", [*rows, *_bad(marks, table, good[0])])
    return marks


def _row(landed: duckdb.DuckDBPyConnection, table: Table, names: list[str], which: str) -> tuple | None:
    """A row whose record has no other version, as text."""
    cells = ", ".join(f"cast({name} as varchar)" for name in names)
    key = ", ".join(table.key)
    return landed.execute(
        f"select {cells} from {RAW_SCHEMA}.{table.name} where {which}"
        f" qualify count(*) over (partition by {key}) = 1 order by {key} limit 1"
    ).fetchone()


def _marked(marks: Marks, table: Table, row: dict[str, Any], place: int) -> dict[str, Any]:
    hidden = [column.name for column in table.landed_columns if column.is_hidden]
    put = {column: marks.new(table.name, column, True, place) for column in [*hidden, UNKNOWN]}
    return row | {"updated_at": LATER} | put


def _bad(marks: Marks, table: Table, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row whose every cell but its key's is marked; where a key has a type, one with marks there, too."""
    columns = table.landed_columns
    typed = [column.name for column in columns if column.name in table.key and column.kind != "string"]
    for place, kept in enumerate([table.key, *([table.key[:1]] if typed else [])]):
        names = [column.name for column in columns if column.name not in kept or column.name in typed[:place]]
        put = {column: marks.new(table.name, column, False, place) for column in [*names, UNKNOWN]}
        yield {key: f"bad {place}" for key in kept} | {key: row[key] for key in typed if key in kept} | put


def marks_in(text: str) -> set[str]:
    """The marks in a text."""
    return set(MARK.findall(text))


def found_in(folder: Path, said: Search = marks_in, without: Iterable[Path] = ()) -> dict[str, set[str]]:
    """Search every file of a folder, but those of some folders.

    Args:
        folder: the folder.
        said: returns what it finds in a text.
        without: the folders passed over.

    Returns:
        What was found, each with the files it is in.
    """
    passed_over = list(without)
    places: dict[str, set[str]] = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not any(file.is_relative_to(path) for path in passed_over):
            for text in said_in(file, said):
                places.setdefault(text, set()).add(str(file.relative_to(folder)))
    return places


def said_in(file: Path, said: Search = marks_in) -> set[str]:
    """What is found in a file: in its bytes as they are, and in its rows where it is a database or Parquet."""
    return {one for text in _texts(file) for one in said(text)}


def _texts(file: Path) -> Iterator[str]:
    yield file.read_bytes().decode("utf-8", "replace")
    if file.suffix == ".duckdb":
        with duckdb.connect(file, read_only=True) as database:
            tables = database.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            for name in (identifier(*table) for table in tables):
                yield from _rows(database, name)
    elif file.suffix == ".parquet":
        for column in pq.read_table(file).columns:
            if pa.types.is_string(column.type):
                yield "\n".join(cell or "" for cell in column.unique().to_pylist())
    elif file.read_bytes()[:15] == b"SQLite format 3":
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            database.text_factory = lambda cell: cell.decode(errors="replace")
            for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
                yield from (str(row) for row in database.execute(f'select * from "{table}"'))


def _rows(database: duckdb.DuckDBPyConnection, relation: str) -> Iterator[str]:
    """The texts of a table, a column at a time."""
    columns = database.execute(f"select column_name, column_type from (describe from {relation})").fetchall()
    texts = [identifier(name) for name, kind in columns if kind not in PLAIN and not kind.startswith("DECIMAL")]
    for name in texts:
        joined = f"select string_agg(distinct {name}::varchar, chr(10)) from {relation}"
        yield database.execute(joined).fetchone()[0] or ""
