"""Dimensions that a home declares: which rows of its dimensions.csv can't be used, and why.

Here: what a row may say, and whether the column it names has landed. Not here: finding and reading the file
(reference.py), what becomes of the values (dbt: int_document_dimensions).
"""

import re
from collections.abc import Iterable, Iterator, Mapping

import duckdb

from duebook.contract import Column, read_contract
from duebook.database_files import connect
from duebook.settings import RAW_SCHEMA, Settings
from duebook.spelling import answer, did_you_mean, nearest
from duebook.sql_text import identifier

SEED = "dimensions"
# Documents, and customers, of which the version counts that held on a document's date.
TABLES = ("invoices", "credit_memos", "receipts", "customers")
PUBLISH = {"as_landed": "values are published as they are", "masked": "they may name persons; marts get codes"}
# What `make explain` and the marts call levels.
RESERVED = ("portfolio", "company", "segment", "company_segment", "team", "employee", "customer")
_ID = re.compile("[a-z][a-z0-9_]*")
MOST_LETTERS = 40
# A row of the file, by column, with its line.
Row = tuple[int, Mapping[str, str]]


def declarable(table: str) -> list[str]:
    """List the columns of the contract that can be declared: texts of a table that are no ids and name nobody."""
    return [column.name for column in read_contract().table(table).landed_columns if _is_declarable(column)]


def _is_declarable(column: Column) -> bool:
    return column.kind == "string" and not column.is_hidden and not column.name.endswith("_id")


def faults(rows: Iterable[Row]) -> Iterator[str]:
    """Say what is wrong with rows: line, column and value, and what was expected."""
    first: dict[str, Row] = {}
    declared: dict[tuple[str, str], int] = {}
    for line, row in rows:
        yield from (f"line {line}, column {column}: {row[column]!r}. {why}" for column, why in _of_row(row))
        dimension, table = row["dimension"], row["source_table"]
        if (before := declared.setdefault((dimension, table), line)) != line:
            yield f"line {line}, column dimension: {dimension!r} is declared of {table} on line {before}, too."
        of_first, its = first.setdefault(dimension, (line, row))
        yield from (
            f"line {line}, column {column}: {row[column]!r}, and line {of_first} says {its[column]!r} of {dimension}. "
            "Expected the same in all its rows."
            for column in ("label", "publish")
            if row[column] != its[column]
        )


def _of_row(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    dimension = row["dimension"]
    if not _ID.fullmatch(dimension) or len(dimension) > MOST_LETTERS:
        yield (
            "dimension",
            f"Expected at most {MOST_LETTERS} small letters, digits and _, a letter first, such as cost_centre.",
        )
    elif dimension in RESERVED:
        yield "dimension", "This is a level that Duebook has already: choose another id."
    if not row["label"].strip():
        yield "label", "Expected what readers are to see, such as Salesperson."
    if row["publish"] not in PUBLISH:
        said = " or ".join(f"{word} ({meaning})" for word, meaning in PUBLISH.items())
        yield "publish", f"Expected {said}."
    if row["source_table"] not in TABLES:
        yield "source_table", answer(row["source_table"], TABLES, "table that a dimension can be declared of")
    else:
        yield from _of_column(row["source_table"], row["source_column"])


def _of_column(table: str, name: str) -> Iterator[tuple[str, str]]:
    if not name.strip():
        yield "source_column", "Expected a landed column, spelled as in the landed file."
    for column in read_contract().table(table).landed_columns:
        if column.name == name and not _is_declarable(column):
            why = "may name a person" if column.is_hidden else "is no text that puts documents into classes"
            others = ", ".join(declarable(table))
            yield (
                "source_column",
                f"This column of {table} {why}. Expected one of {others}; or one that the contract doesn't know.",
            )


def columns_that_never_landed(rows: Iterable[Row], settings: Settings) -> Iterator[str]:
    """Say which declared columns no landed file has: line and value, and which was probably meant."""
    asked = [(line, row) for line, row in rows if row["source_column"] not in declarable(row["source_table"])]
    if not asked or not settings.landed_file.exists():
        return
    with connect(settings.landed_file, read_only=True) as landed:
        for line, row in asked:
            table, name = row["source_table"], row["source_column"]
            found = landed.execute(
                f"select distinct column_name from {RAW_SCHEMA}.landed_columns where table_name = ? order by 1", [table]
            ).fetchall()
            if name in (there := [column for (column,) in found]) or _has(landed, table, name):
                continue
            known = {column.name for column in read_contract().table(table).columns}
            others = [column for column in there if column not in known]
            near = nearest(name, others)
            listed = f"they have {', '.join(others)}" if others else "they have none but the contract's columns"
            yield (
                f"line {line}, column source_column: {name!r} is no column of the landed files of {table}: "
                f"{did_you_mean(near) if near else f'{listed}.'} Land a file with it first, or correct its name."
            )


def _has(landed: duckdb.DuckDBPyConnection, table: str, name: str) -> bool:
    """Whether a row has the column: of files that an earlier Duebook loaded, nothing else says it."""
    found = landed.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?", [RAW_SCHEMA, table]
    ).fetchall()
    return bool(found) and bool(
        landed.execute(
            f"select 1 from {RAW_SCHEMA}.{identifier(table)} where list_contains(json_keys(extra_columns), ?) limit 1",
            [name],
        ).fetchall()
    )
