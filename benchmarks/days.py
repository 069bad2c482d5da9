"""One more day of a landing: what is new, and what comes late.

Here: running ``sql/days_news.sql`` over what has landed and writing its tables as that day's files. Not here: the
landing of the years before (landing.py), what the shares should be (command.py).
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from duebook.sql_text import literal

DAYS_NEWS = Path(__file__).with_name("sql") / "days_news.sql"


@dataclass(frozen=True)
class Shares:
    """How large a day is, as fractions of the rows there are."""

    new: float = 0.001
    late: float = 0.0002


def land_a_day(landing: Path, day: date, shares: Shares) -> dict[str, int]:
    """Write one more day's files beside those there are; a day that has landed stays as it is.

    Args:
        landing: a landing of Parquet files.
        day: the day; later than everything landed.
        shares: of the rows there are, how many are new and how many late.

    Returns:
        Rows written by table.
    """
    if there := sorted(landing.glob(f"*/*/load_{day}.parquet")):
        return {file.parent.name: _rows(file) for file in there}
    with duckdb.connect(config={"temp_directory": str(landing.parent / "spill")}) as connection:
        connection.execute("create schema landed")
        folders = {folder.name: folder for folder in landing.glob("*/*")}
        for table, folder in folders.items():
            files = literal(folder / "*.parquet")
            connection.execute(
                f"create view landed.{table} as from read_parquet({files}, union_by_name = true, filename = true)"
            )
        for name, value in {"day": day, "new_share": shares.new, "late_share": shares.late}.items():
            connection.execute(f"set variable {name} = ?", [value])
        connection.execute(DAYS_NEWS.read_text(encoding="utf-8"))
        rows = {}
        for table, folder in folders.items():
            if not connection.execute(
                "select count(*) from duckdb_tables() where schema_name = 'news' and table_name = ?", [table]
            ).fetchone()[0]:
                continue
            target = literal(folder / f"load_{day}.parquet")
            [(rows[table],)] = connection.execute(
                f"copy news.{table} to {target} (format parquet, compression zstd)"
            ).fetchall()
    return rows


def _rows(file: Path) -> int:
    with duckdb.connect() as connection:
        return connection.execute("select count(*) from read_parquet(?)", [str(file)]).fetchone()[0]
