"""Small landings for tests of loading: files written, checked or loaded, and read back.

Not here: any expectation.
"""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from duebook.contract import read_contract
from duebook.landing.checking import CheckedFile, check_file, checked_rows
from duebook.landing.files import find_files
from duebook.landing.loading import LoadReport, load_landing
from duebook.settings import RAW_SCHEMA, Settings

Row = Mapping[str, Any]

INVOICE = {
    "invoice_id": "I1",
    "company_id": "K",
    "customer_id": "C1",
    "invoice_date": "2025-01-31",
    "currency_code": "EUR",
    "amount": "100.00",
}
CUSTOMER = {"customer_id": "C1"}
# Every file number of a table is checked against its own staging database, so any number will do.
ANY_NUMBER = 7


@dataclass(frozen=True)
class Checked:
    """What became of one file's rows: the good ones typed, with their row number; the problems by row and column."""

    file: CheckedFile
    good: list[dict[str, Any]]
    problems: dict[tuple[int, str], tuple[str | None, str]]


def staging() -> duckdb.DuckDBPyConnection:
    """A staging database in memory."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    return con


def invoices(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Good invoices I1, I2, ..., all with the same changes."""
    return [{**INVOICE, "invoice_id": f"I{n}", **changes} for n in range(1, count + 1)]


def write_csv(path: Path, rows: Sequence[Row], **options: Any) -> Path:
    """A CSV file with the columns of all rows, in the order they first come up."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns_of(rows), **options)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_text(path: Path, text: str | bytes) -> Path:
    """A file with just these letters or bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def write_jsonl(path: Path, rows: Iterable[Row]) -> Path:
    """A file of JSON lines."""
    return write_text(path, "".join(json.dumps(row) + "\n" for row in rows))


def write_file(path: Path, rows: Sequence[Row]) -> Path:
    """A file in the format of its name, all of its cells text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    match path.suffixes:
        case [".csv"]:
            return write_csv(path, rows)
        case [".jsonl"]:
            return write_jsonl(path, rows)
        case [".csv", ".gz"]:
            unpacked = write_csv(path.with_suffix(""), rows)
            path.write_bytes(gzip.compress(unpacked.read_bytes()))
            unpacked.unlink()
        case _:
            pq.write_table(pa.table({name: [row.get(name) for row in rows] for name in columns_of(rows)}), path)
    return path


def columns_of(rows: Sequence[Row]) -> list[str]:
    """The columns of all rows, in the order they first come up."""
    return list(dict.fromkeys(name for row in rows for name in row))


def check(path: Path, table: str = "invoices") -> Checked:
    """Check one file as a file of a table, without loading it; files beside it are let be."""
    landing = path.parent
    domain = read_contract().table(table).domain
    target = landing / "landing" / domain / table / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
    if table != "invoices":
        write_csv(landing / "landing" / "ar" / "invoices" / "needed.csv", invoices(1))
    (file,) = (
        f for f in find_files(landing / "landing", read_contract(), lambda line: None) if f.path.name == path.name
    )
    with staging() as con:
        checked = check_file(con, file, ANY_NUMBER, landing)
        good = records(con, f"select * from {rows_of(checked)} where problems is null order by source_row")
        problems = records(con, f"select source_row, unnest(problems, recursive := true) from {rows_of(checked)}")
    return Checked(
        checked,
        good,
        {(p["source_row"], p["column_name"]): (p["value"], p["reason"]) for p in problems if p["reason"]},
    )


def rows_of(checked: CheckedFile) -> str:
    """SQL for the rows of one file in a staging database."""
    return f"(select * from {checked_rows(checked.file.table)} where source_file_number = {checked.number})"


def settings_for(folder: Path, **changes: Any) -> Settings:
    """Settings with the landing and the home in a folder."""
    return Settings(landing=folder / "landing", home=folder / "home", **changes)


def load(folder: Path, **changes: Any) -> LoadReport:
    """Load the landing in a folder, without a word."""
    return load_landing(settings_for(folder, **changes), lambda line: None)


def raw(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of a query over the raw schema."""
    with duckdb.connect(settings_for(folder).landed_file, read_only=True) as con:
        con.execute(f"use {RAW_SCHEMA}")
        return con.execute(query).fetchall()


def records(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """Rows of a query as dictionaries."""
    result = con.execute(query)
    names = [name for name, *_ in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
