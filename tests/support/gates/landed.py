"""A small landing file for tests of the gates: all raw tables of the contract, rows with only what a test cares for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from duebook.contract import Column, read_contract
from duebook.refresh_log import create_table
from expectations.results import CHECK_RESULTS
from expectations.validation import CheckResult

LOADED_AT = datetime(2024, 5, 1, 6)
LOADED_FILES = (
    "file_number bigint, table_name varchar, source_file varchar, content_hash varchar, load_id varchar,"
    " loaded_at timestamp, rows_read bigint, rows_loaded bigint, rows_quarantined bigint"
)
ANY_VALUE = {
    "string": "x",
    "date": date(2024, 4, 30),
    "timestamp": datetime(2024, 4, 30, 12),
    "boolean": True,
    "integer": 1,
    "bigint": 1,
    "decimal": 1,
}


class Landed:
    """The landing file; `rows` puts rows in, the file is open only meanwhile."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._source_row = 0
        file.parent.mkdir(parents=True, exist_ok=True)
        statements = ["create schema raw", f"create table raw.loaded_files ({LOADED_FILES})"]
        for table in read_contract().tables:
            columns = ", ".join(f"{column.name} {column.sql_type}" for column in table.columns)
            statements.append(f"create table raw.{table.name} ({columns})")
        self.run(";".join(statements))
        create_table(self.file, CHECK_RESULTS, CheckResult)

    def run(self, statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement."""
        with duckdb.connect(self.file) as connection:
            return connection.execute(statement, values).fetchall()

    def row(self, table: str, **given: Any) -> None:
        """Put a row in; required columns that aren't given get some value that is allowed."""
        self.rows(table, [given])

    def rows(self, table: str, rows: list[Mapping[str, Any]]) -> None:
        """Put rows in, in one file."""
        definition = read_contract().table(table)
        with duckdb.connect(self.file) as connection:
            for given in rows:
                self._source_row += 1
                values = {
                    "loaded_at": LOADED_AT,
                    "source_file": f"{table}.csv",
                    "source_file_number": 1,
                    "source_row": self._source_row,
                }
                for column in definition.columns:
                    if column.name in definition.key:
                        values[column.name] = _key(column, self._source_row)
                    elif column.required:
                        values[column.name] = _allowed(column)
                values |= given
                connection.execute(
                    f"insert into raw.{table} ({', '.join(values)}) values ({', '.join('?' for _ in values)})",
                    list(values.values()),
                )

    def loads(self, table: str, loads: Sequence[tuple[date, int]], first: int = 0) -> None:
        """Register loads of one file each, by the business day they were for and their rows.

        Each was loaded the morning after its day, in their order, and has met the gate by then, apart from the newest.
        """
        with duckdb.connect(self.file) as connection:
            for number, (day, size) in enumerate(loads, first):
                loaded_at = datetime(day.year, day.month, day.day, 6) + timedelta(days=1, minutes=2 * number)
                file = [number, table, f"{number}.csv", "", f"load{number}", loaded_at, size, size, 0]
                connection.execute(f"insert into raw.loaded_files values ({', '.join('?' for _ in file)})", file)
                if number < first + len(loads) - 1:
                    gate = [loaded_at + timedelta(minutes=1), day, "arrivals"]
                    connection.execute(
                        "insert into raw.check_results (checked_at, as_of_date, gate) values (?, ?, ?)", gate
                    )


def _key(column: Column, row: int) -> Any:
    """Rows are records of their own; a test that means two versions of one record names its key."""
    is_free = column.kind == "string" and not (column.values or column.currency or column.references)
    return f"x{row}" if is_free else _allowed(column)


def _allowed(column: Column) -> Any:
    if column.values:
        return column.values[0]
    return "EUR" if column.currency else ANY_VALUE[column.kind]
