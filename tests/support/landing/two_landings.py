"""A landing as two: what is there on a first day, and what then comes, comes late, is amended and deleted.

Here: writing the files of both, of all customers or of some. Not here: what is built of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from duebook.contract import Table, read_contract
from duebook.settings import SAMPLE_AS_OF, SAMPLE_LANDING
from duebook.sql_text import identifier, literal

# Of these tables one row in so many lands with the second landing, though it was known before.
LATE = 25
COME_LATE = (
    "invoices",
    "credit_memos",
    "receipts",
    "applications",
    "adjustments",
    "disputes",
    "promises",
    "activities",
)
# One row in so many is another one since, and one in so many is gone.
AMENDED, DELETED = 30, 60
AMENDMENTS = {
    "invoices": {"amount": "cast(amount as decimal(18, 4)) + 1.25", "due_date": "cast(due_date as date) + 10"},
    "receipts": {"amount": "cast(amount as decimal(18, 4)) + 1.25", "reversal_reason": "'said on the phone'"},
    "promises": {"due_date": "cast(due_date as date) + 3"},
    "customers": {"segment": "'amended'"},
    "adjustments": {"amount": "cast(amount as decimal(18, 4)) / 2"},
}
# What the source calls otherwise from the second landing on.
RENAMED = {"customers": ("industry", "branch")}
ARE_DELETED = ("invoices", "receipts", "applications", "promises", "disputes", "activities", "adjustments")
# A company's control account is that of all its customers' documents, as they were.
LEFT_OUT = ("control_balances",)
READERS = {
    "csv": "read_csv({}, all_varchar = true, header = true)",
    "jsonl": "read_json({}, format = 'newline_delimited')",
    "parquet": "read_parquet({})",
}


@dataclass(frozen=True)
class TwoLandings:
    """Where the files are taken from, and the days up to which each landing is.

    Attributes:
        source: a landing; the last file of a table that has several lands on the second day.
        first_day: the day the first landing is built for.
        second_day: the day of the second.
        one_in: one customer in so many, with all that refers to it.
    """

    source: Path
    first_day: date
    second_day: date
    one_in: int = 1

    def land(self, landing: Path, day: date) -> None:
        """Write one day's files."""
        with duckdb.connect() as con:
            tables = [
                table
                for table in read_contract().tables
                if table.name not in LEFT_OUT and (self.source / table.domain / table.name).is_dir()
            ]
            for table in tables:
                self._read(con, table)
            for table in tables:
                self._keep(con, table, {one.name for one in tables})
            for table in tables:
                folder = landing / table.domain / table.name
                folder.mkdir(parents=True, exist_ok=True)
                rows = _at_first(table) if day == self.first_day else self._since(con, table)
                con.execute(f"copy ({rows}) to {literal(folder / f'load_{day}.csv')} (format csv, header true)")

    def _read(self, con: duckdb.DuckDBPyConnection, table: Table) -> None:
        """Read a table's files, as text, with whether a row is of the last of several."""
        files = sorted((self.source / table.domain / table.name).iterdir())
        read = " union all by name ".join(
            f"select columns(*)::varchar, {len(files) > 1 and file == files[-1]} as is_of_last"
            f" from {READERS[file.name.split('.')[1]].format(literal(file))}"
            for file in files
        )
        con.execute(f"create table read_{table.name} as {read}")

    def _keep(self, con: duckdb.DuckDBPyConnection, table: Table, read: set[str]) -> None:
        """Keep the rows of some customers, and those of what is kept; a table of which no row landed keeps none out."""
        of_some = _one_in(self.one_in, ["customer_id"])
        kept = [of_some] if table.name == "customers" else []
        landed = _landed(con, table)
        for column in table.columns:
            if column.references in read and column.name in landed:
                partner = read_contract().table(column.references)
                is_owned = "customer_id" in {owned.name for owned in partner.columns}
                kept.append(
                    f"({column.name} is null or {column.name} in"
                    f" (select {partner.key[0]} from read_{partner.name} where {of_some if is_owned else 'true'}))"
                )
        con.execute(f"create table {table.name} as from read_{table.name} where {' and '.join(kept) or 'true'}")

    def _since(self, con: duckdb.DuckDBPyConnection, table: Table) -> str:
        """The last file's rows, those that come late, and other versions of some that have landed."""
        there = _at_first(table)
        parts = [f"select * exclude (is_of_last) from {table.name} where is_of_last or {_comes_late(table)}"]
        landed = _landed(con, table)
        marks = dict.fromkeys(("updated_at", "recorded_at"), literal(f"{self.second_day}T06:00:00"))
        if amended := AMENDMENTS.get(table.name):
            values = {**{name: value for name, value in amended.items() if name in landed}, **marks}
            others = ", ".join(f"cast({value} as varchar) as {identifier(name)}" for name, value in values.items())
            same = ", ".join(identifier(name) for name in sorted(landed - values.keys() - {"is_of_last"}))
            parts.append(f"select {same}, {others} from ({there}) where {_one_in(AMENDED, table.key, 'amended')}")
        if table.name in ARE_DELETED:
            columns = [*table.key, *(f"{value} as {name}" for name, value in marks.items()), "'true' as is_deleted"]
            which = _one_in(DELETED, table.key, "deleted")
            parts.append(f"select distinct {', '.join(columns)} from ({there}) where {which}")
        before, now = RENAMED.get(table.name, (None, None))
        called = f"* exclude ({before}), {before} as {now}" if before in landed else "*"
        return f"select {called} from ({' union all by name '.join(parts)})"


# A fifth of the sample, which has all its situations in years of documents.
PART_OF_SAMPLE = TwoLandings(SAMPLE_LANDING, date(2025, 12, 31), SAMPLE_AS_OF, one_in=6)


def _landed(con: duckdb.DuckDBPyConnection, table: Table) -> set[str]:
    return {name for name, *_ in con.execute(f"describe read_{table.name}").fetchall()}


def _at_first(table: Table) -> str:
    return f"select * exclude (is_of_last) from {table.name} where not is_of_last and not {_comes_late(table)}"


def _comes_late(table: Table) -> str:
    return _one_in(LATE, table.key, "late") if table.name in COME_LATE else "false"


def _one_in(number: int, key: Sequence[str], salt: str = "") -> str:
    """A condition that is true for one key in so many, and always for the same ones."""
    digits = f"substr(md5(concat_ws('|', {literal(salt)}, {', '.join(key)})), 1, 6)"
    return f"cast('0x' || {digits} as integer) % {number} = 0"
