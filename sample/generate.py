"""Make a landing of a believable business: ``python -m sample.generate --out DIR``.

Here: the command, the order in which the SQL files run, and the writing of the landed files. The business itself is in
``sql/``, file by file in its own order; which tables there are, in which domain and under which key is read from the
contract. The same arguments give the same bytes.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from duebook.contract import read_contract
from duebook.sql_text import literal

SQL_DIR = Path(__file__).parent / "sql"

MONTHLY_GROWTH = 0.009
# Invoices a customer has open on the first day and gets in a month before growth, as the business in sql/ turns out;
# only sizes --invoices.
OPENING_INVOICES = 1.35
INVOICES_A_MONTH = 1.115

# The sample's mix: what is large is gzipped, and every format the contract takes is there. All others are plain CSV.
MIXED_FORMATS = {
    "invoices": "csv.gz",
    "applications": "csv.gz",
    "receipts": "csv.gz",
    "activities": "csv.gz",
    "disputes": "parquet",
    "exchange_rates": "parquet",
    "employees": "parquet",
    "surveys": "jsonl",
    "cases": "jsonl.gz",
}
FORMATS = ("csv", "csv.gz", "parquet", "jsonl", "jsonl.gz")
_TIMESTAMPS = "timestampformat '%Y-%m-%dT%H:%M:%SZ'"
COPY_OPTIONS = {
    "csv": f"format csv, header, {_TIMESTAMPS}",
    "csv.gz": f"format csv, header, compression gzip, {_TIMESTAMPS}",
    "parquet": "format parquet, compression zstd",
    "jsonl": f"format json, {_TIMESTAMPS}",
    "jsonl.gz": f"format json, compression gzip, {_TIMESTAMPS}",
}
# Each table comes in an initial load and two later ones: cut at the month's end nearest to these shares of the span,
# and at its last day.
LATER_LOAD_SHARES = (0.5, 0.75)


@dataclass(frozen=True)
class Business:
    """The size of the business and the length of its history; the size of everything else follows from these."""

    seed: int = 7
    customers: int = 300
    companies: int = 2
    segments: int = 4
    first_day: date = date(2024, 7, 1)
    last_day: date = date(2026, 6, 30)

    def load_days(self) -> list[date]:
        """The last day of each load: what was recorded by then and in no earlier load is in its files."""
        span = (self.last_day - self.first_day).days
        middles = [self.first_day + timedelta(days=round(span * share) + 15) for share in LATER_LOAD_SHARES]
        return [min(middle.replace(day=1) - timedelta(days=1), self.last_day) for middle in middles] + [self.last_day]


def customers_for(invoices: int, first_day: date, last_day: date) -> int:
    """How many customers make about this many invoices over the span."""
    months = round((last_day - first_day).days / 30.44)
    growth = sum(1 + MONTHLY_GROWTH * month for month in range(months))
    return max(1, round(invoices / (OPENING_INVOICES + INVOICES_A_MONTH * growth)))


def make(connection: duckdb.DuckDBPyConnection, business: Business) -> None:
    """Run ``sql/`` in order: afterwards schema ``landing`` holds every version of every row to land."""
    variables = {
        "seed": str(business.seed),
        "customers": business.customers,
        "companies": business.companies,
        "segments": business.segments,
        "first_day": business.first_day,
        "last_day": business.last_day,
        "monthly_growth": MONTHLY_GROWTH,
    }
    for name, value in variables.items():
        connection.execute(f"set variable {name} = ?", [value])
    for path in sorted(SQL_DIR.glob("*.sql")):
        started = time.monotonic()
        connection.execute(path.read_text())
        _say(f"made {path.stem[3:].replace('_', ' ')}: {time.monotonic() - started:.1f} s")


def land(connection: duckdb.DuckDBPyConnection, business: Business, out: Path, file_format: str) -> None:
    """Write ``<out>/<domain>/<table>/load_<day>.<format>`` for every table and load that has rows."""
    for table in read_contract().tables:
        started = time.monotonic()
        extension = MIXED_FORMATS.get(table.name, "csv") if file_format == "mixed" else file_format
        folder = out / table.domain / table.name
        rows = files = 0
        previous = date.min
        for day in business.load_days():
            target = literal(folder / f"load_{day}.{extension}")
            rows_of_load = (
                f"from landing.{table.name} where recorded_at::date > {literal(previous)}"
                f" and recorded_at::date <= {literal(day)}"
            )
            (count,) = connection.execute(f"select count(*) {rows_of_load}").fetchone()
            if count:
                folder.mkdir(parents=True, exist_ok=True)
                rows_in_order = f"{rows_of_load} order by {', '.join(table.key)}, recorded_at"
                connection.execute(f"copy (select * {rows_in_order}) to {target} ({COPY_OPTIONS[extension]})")
                rows, files = rows + count, files + 1
            previous = day
        _say(f"landed {table.domain}/{table.name}: {rows:,} rows in {files} files, {time.monotonic() - started:.1f} s")


def generate(
    business: Business, out: Path, file_format: str = "mixed", memory_limit: str = "4GB", scratch: Path | None = None
) -> None:
    """Create the business and write its landing files.

    Args:
        business: What to make.
        out: Landing to write; must be empty or not there yet, because a landing's files are never replaced.
        file_format: One of ``FORMATS``, or ``mixed``.
        memory_limit: DuckDB's; what doesn't fit goes to disk.
        scratch: Folder for the working database; default: the system's temporary folder.

    Raises:
        FileExistsError: If the landing already holds something.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty: files of a landing are only ever added; name an empty folder")
    with tempfile.TemporaryDirectory(dir=scratch, prefix="duebook-sample-") as work:
        config = {"memory_limit": memory_limit, "temp_directory": str(Path(work) / "spill")}
        with duckdb.connect(Path(work) / "sample.duckdb", config=config) as connection:
            make(connection, business)
            land(connection, business, out, file_format)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """The command; see ``--help``."""
    defaults = Business()
    parser = argparse.ArgumentParser(prog="python -m sample.generate", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder of the landing; must be empty")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="another seed, another business (%(default)s)")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--customers", type=int, default=defaults.customers, help="(%(default)s)")
    size.add_argument("--invoices", type=int, help="about this many invoices; customers and all else in proportion")
    parser.add_argument("--companies", type=int, default=defaults.companies, help="(%(default)s)")
    parser.add_argument("--segments", type=int, default=defaults.segments, help="(%(default)s)")
    parser.add_argument("--first-day", type=date.fromisoformat, default=defaults.first_day, help="(%(default)s)")
    parser.add_argument("--last-day", type=date.fromisoformat, default=defaults.last_day, help="(%(default)s)")
    parser.add_argument("--format", choices=("mixed", *FORMATS), default="mixed", help="(%(default)s)")
    parser.add_argument("--memory-limit", default="4GB", help="DuckDB's; the rest goes to disk (%(default)s)")
    parser.add_argument("--scratch", type=Path, help="folder for working files (the system's temporary folder)")
    asked = parser.parse_args(arguments)
    if asked.first_day >= asked.last_day:
        parser.error(f"--first-day {asked.first_day} is not before --last-day {asked.last_day}")
    for name in ("customers", "invoices", "companies", "segments"):
        if (value := getattr(asked, name)) is not None and value < 1:
            parser.error(f"--{name} is {value}: at least 1")
    customers = customers_for(asked.invoices, asked.first_day, asked.last_day) if asked.invoices else asked.customers
    business = Business(asked.seed, customers, asked.companies, asked.segments, asked.first_day, asked.last_day)
    try:
        generate(business, asked.out, asked.format, asked.memory_limit, asked.scratch)
    except FileExistsError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
