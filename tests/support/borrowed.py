"""Borrowed data: data sets and cases that are no part of the project and stand beside the checkout, in `../shared`.

Here: where they are, that a test needs them, reading them, and which rows of the dirty set are bad. No other module of
the tests reads that folder. Not here: their figures, which they bring themselves.
"""

import csv
import json
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from duebook.settings import PROJECT_ROOT
from tests.support.contract import raw_contract, typed

SHARED_DIR = PROJECT_ROOT.parent / "shared"
# Judges forecasts of payments.
JUDGE = Path("tools/forecast_judge.py")
# Published cases, which our tests have as rows of their own.
CASES = "cases"
# Tables and exports of source systems; one ledger in the shapes of six of them.
SOURCES = "data/sources"
SOURCES_DIR = SHARED_DIR / SOURCES
SHAPES_DIR = SOURCES_DIR / "six_shapes"

Key = tuple[date, str, str | None, str | None]


def needs_borrowed(place: str) -> pytest.MarkDecorator:
    """Mark a test, or one of its parameters, that can't run without a folder of the borrowed data.

    Where it is absent the test is skipped; `pytest -rs` lists what was missing.
    """
    return pytest.mark.skipif(
        not (SHARED_DIR / place).is_dir(),
        reason=f"needs borrowed data, which is not here: the folder ../shared/{place}, beside the checkout",
    )


@dataclass(frozen=True)
class BorrowedSet:
    """A data set: its folder's name, its business day, its one currency."""

    name: str
    as_of: date
    currency: str

    @property
    def place(self) -> str:
        """Its folder, for `needs_borrowed`."""
        return f"data/{self.name}"

    @property
    def landing(self) -> Path:
        """Its landing."""
        return SHARED_DIR / self.place / "landing"

    def expected(self, mart: str) -> dict[Key, dict[str, float | None]]:
        """The figures the mart must give, by month end and level; None where it must be NULL."""
        with (SHARED_DIR / self.place / "expected" / f"{mart}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        grain = ("month_end", "level", "company_id", "segment")
        return {
            (
                date.fromisoformat(row["month_end"]),
                row["level"],
                row["company_id"] or None,
                row["segment"] or None,
            ): {name: float(cell) if cell else None for name, cell in row.items() if name not in grain}
            for row in rows
        }

    def usable_rows(self) -> dict[str, list[dict[str, Any]]]:
        """Its landed rows, typed, without those whose cells don't cast, are missing or break the contract's range.

        All are of one load, on the as-of day.
        """
        loaded_at = datetime.combine(self.as_of, time(12))
        rows: dict[str, list[dict[str, Any]]] = {}
        for number, path in enumerate(sorted(self.landing.glob("*/*/*.csv")), start=1):
            with path.open(newline="") as file:
                landed = [_typed(path.parent.name, row) for row in csv.DictReader(file)]
            rows[path.parent.name] = [
                row | {"source_file_number": number, "source_row": place, "loaded_at": loaded_at}
                for place, row in enumerate(landed, start=1)
                if row is not None
            ]
        return rows


def _typed(table: str, cells: dict[str, str]) -> dict[str, Any] | None:
    """The row's values, or None when the contract refuses one."""
    row = {}
    for column in raw_contract()[table].landed_columns:
        try:
            row[column.name] = value = typed(column, cells.get(column.name))
        except ValueError:
            return None
        if value is None and column.required:
            return None
        if value is not None and column.greater_than is not None and value <= column.greater_than:
            return None
        if value is not None and column.at_least is not None and value < column.at_least:
            return None
    return row


IBM_LATE_PAYMENTS = BorrowedSet("ibm_late_payments", date(2014, 1, 31), "USD")
AR_500_CUSTOMERS = BorrowedSet("ar_500_customers", date(2026, 4, 30), "INR")

# The invoices of AR_500_CUSTOMERS that can't be used as they are landed.
NOT_ISO = (
    *("INV01272", "INV02175", "INV03194", "INV04102", "INV05026"),
    *("INV05173", "INV06421", "INV06659", "INV06660", "INV07053"),
)
NO_AMOUNT = ("INV00049", "INV00053", "INV01932", "INV03959", "INV06242", "INV07629")
NEGATIVE = ("INV01497", "INV05863", "INV06984")
# And the cell that is why, with what the quarantine says of it.
HELD_BACK = {
    **{(id_, "invoice_date"): "Expected a date written YYYY-MM-DD. This one has the year last." for id_ in NOT_ISO},
    **{(id_, "amount"): "Expected a value: the column is required." for id_ in NO_AMOUNT},
    **{(id_, "amount"): "Expected a number of at least 0." for id_ in NEGATIVE},
}


def borrowed_cases(suites: str = "*") -> list[dict[str, Any]]:
    """The published cases of the suites that match a pattern; none, where the data is absent."""
    files = sorted((SHARED_DIR / CASES).glob(f"{suites}.json"))
    return [case for path in files for case in json.loads(path.read_text())["cases"]]


def borrowed_case_ids() -> list[str]:
    """The names of all published cases."""
    return [case["id"] for case in borrowed_cases()]
