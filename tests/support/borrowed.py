"""The borrowed data sets and cases that stand beside the checkout: where they are and what they expect.

Here: finding and reading them. Not here: any figure of theirs; they are not part of the project, and a test that needs
them is skipped with a reason where they are absent.
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

Key = tuple[date, str, str | None, str | None]


@dataclass(frozen=True)
class BorrowedSet:
    """A data set: its folder's name, its business day, its one currency."""

    name: str
    as_of: date
    currency: str

    @property
    def folder(self) -> Path:
        """Its folder; skips the asking test when the set is not here."""
        folder = SHARED_DIR / "data" / self.name
        if not folder.is_dir():
            pytest.skip(f"the borrowed data set {self.name} is not beside this checkout")
        return folder

    @property
    def landing(self) -> Path:
        """Its landing."""
        return self.folder / "landing"

    def expected(self, mart: str) -> dict[Key, dict[str, float | None]]:
        """The figures the mart must give, by month end and level; None where it must be NULL."""
        with (self.folder / "expected" / f"{mart}.csv").open(newline="") as file:
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


def published_cases() -> dict[str, dict[str, Any]]:
    """Every published case by id; none where the cases are absent."""
    cases = {}
    for path in sorted((SHARED_DIR / "cases").glob("*.json")):
        for case in json.loads(path.read_text())["cases"]:
            cases[case["id"]] = case | {"suite": path.stem}
    return cases
