"""What an adapter made, as receivables at month ends: by currency, the open invoices, what is unapplied, the aging.

Computed here from the contract's rows alone, one document at a time and without the warehouse: what the fixtures expect
is held against it.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from duebook.adapters.engine.definition import ADAPTERS_DIR
from duebook.adapters.engine.extracting import Extracted
from duebook.adapters.engine.made import Made
from duebook.adapters.landing import Request, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings

AMOUNTS = ("open_invoices", "unapplied", "receivables", "open_invoice_count", "past_due", "open_customers")
BUCKETS = {"current": 0, "1_30": 30, "31_60": 60, "61_90": 90, "91_120": 120, "121_plus": 999_999}
FAR = date(9999, 1, 1)
Row = Mapping[str, Any]


def rows_of(made: Extracted, table: str) -> list[dict[str, object]]:
    """The rows of one of the contract's tables that aren't deleted."""
    if table not in made.tables:
        return []
    cursor = made.con.execute(f"select * from {made.tables[table]}")
    names = [column[0] for column in cursor.description]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [row for row in found if not row.get("is_deleted")]


@dataclass(frozen=True)
class Documents:
    """The contract's rows that make up receivables.

    Attributes:
        invoices: by id.
        credits: receipts and credit memos with the day they count from, by (`receipt` or `credit_memo`, id).
        applications: what credits settled of invoices.
        adjustments: what else changed an invoice's balance.
        given_back: refunds and reversals of credits, with their day.
    """

    invoices: Mapping[object, Row]
    credits: Mapping[tuple[str, object], tuple[Row, date]]
    applications: Sequence[Row]
    adjustments: Sequence[Row]
    given_back: Sequence[tuple[Row, date]]

    @classmethod
    def of(cls, made: Extracted) -> "Documents":
        """Those an adapter made."""
        credits = {("receipt", row["receipt_id"]): (row, row["receipt_date"]) for row in rows_of(made, "receipts")}
        credits |= {
            ("credit_memo", row["credit_memo_id"]): (row, row["credit_memo_date"])
            for row in rows_of(made, "credit_memos")
        }
        given_back = [(row, row["refund_date"]) for row in rows_of(made, "refunds")]
        given_back += [(row, row["reversal_date"]) for row in rows_of(made, "reversals")]
        return cls(
            {row["invoice_id"]: row for row in rows_of(made, "invoices")},
            credits,
            rows_of(made, "applications"),
            rows_of(made, "adjustments"),
            given_back,
        )

    def open_on(self, day: date) -> tuple[dict[object, Decimal], dict[tuple[str, object], Decimal]]:
        """What is open at the end of a day: of each invoice, and of each credit; documents that count on that day."""
        left = {key: row["amount"] for key, row in self.invoices.items()}
        rest = {key: row["amount"] for key, (row, _) in self.credits.items()}
        for row in self.applications:
            if row["applied_date"] <= day < (row.get("unapplied_date") or FAR):
                left[row["invoice_id"]] -= row["amount"] + (row.get("discount_amount") or 0)
                rest[_credit_of(row)] -= row.get("source_amount") or row["amount"]
        for row in self.adjustments:
            if row["adjustment_date"] <= day:
                left[row["invoice_id"]] += row["amount"]
        for row, given in self.given_back:
            if given <= day:
                rest[_credit_of(row)] -= row["amount"]
        invoices = {
            key: left[key]
            for key, row in self.invoices.items()
            if row["invoice_date"] <= day < (row.get("voided_date") or FAR)
        }
        credits = {
            key: rest[key]
            for key, (row, since) in self.credits.items()
            if since <= day < (row.get("voided_date") or row.get("reversed_date") or FAR)
        }
        return invoices, credits


def month_ends(made: Extracted, days: list[date]) -> dict[tuple[date, str], dict[str, Decimal]]:
    """The figures of the fixtures, by month end and currency."""
    documents = Documents.of(made)
    found: dict[tuple[date, str], dict[str, Decimal]] = {}
    for day in days:
        figures: dict[str, dict[str, Decimal]] = {}
        customers: dict[str, set[object]] = {}
        left, rest = documents.open_on(day)
        for key in filter(left.get, left):
            row = documents.invoices[key]
            of = figures.setdefault(row["currency_code"], _none())
            of["open_invoices"] += left[key]
            of["open_invoice_count"] += 1
            late = (day - row["due_date"]).days
            of[next(name for name, most in BUCKETS.items() if late <= most)] += left[key]
            of["past_due"] += left[key] if late > 0 else 0
            customers.setdefault(row["currency_code"], set()).add(row["customer_id"])
        for key in rest:
            figures.setdefault(documents.credits[key][0]["currency_code"], _none())["unapplied"] += rest[key]
        for currency, of in figures.items():
            of["receivables"] = of["open_invoices"] - of["unapplied"]
            of["open_customers"] = Decimal(len(customers.get(currency, ())))
            found[day, currency] = of
    return found


def _credit_of(row: Mapping[str, object]) -> tuple[str, object]:
    return ("receipt", row["receipt_id"]) if row.get("receipt_id") else ("credit_memo", row["credit_memo_id"])


def _none() -> dict[str, Decimal]:
    return dict.fromkeys([*AMOUNTS, *BUCKETS], Decimal(0))


def expected(file: Path) -> dict[tuple[date, str], dict[str, Decimal]]:
    """What a fixture expects, from its CSV file."""
    cursor = duckdb.execute(f"select * from read_csv('{file}', types = {{'month_end': 'date'}}, all_varchar = false)")
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {(row["month_end"], row["currency"]): {name: Decimal(str(row[name])) for name in names[2:]} for row in rows}


def differences(made: Extracted, file: Path) -> dict[tuple[date, str], dict[str, tuple[Decimal, Decimal]]]:
    """Where what was made is not what a fixture expects, to the cent: (ours, expected) by month end and currency."""
    wanted = expected(file)
    ours = month_ends(made, sorted({day for day, _ in wanted}))
    cent = Decimal("0.01")
    found = {}
    for place, figures in wanted.items():
        of = ours.get(place, _none())
        off = {name: (of[name], figure) for name, figure in figures.items() if abs(of[name] - figure) >= cent / 2}
        if off:
            found[place] = off
    return found


@contextmanager
def made_of(adapter: str | Path, source: Path, home: Path, options: Path | None = None) -> Iterator[Made]:
    """What an adapter makes of a source; its rows can be read until the block ends."""
    settings = Settings(home=home)
    with work_database(settings) as con:
        made, _ = make(con, Request(str(adapter), str(source), options=options), settings, read_contract(), print)
        yield made


def with_mistake(adapter: str, mistake: tuple[str, str, str], folder: Path) -> Path:
    """A copy of a shipped adapter in which one text of one of its files is another; returns its folder."""
    file, before, after = mistake
    copy = folder / adapter
    shutil.copytree(ADAPTERS_DIR / adapter, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert before in text, f"{file} doesn't say {before!r} any more"
    (copy / file).write_text(text.replace(before, after), encoding="utf-8")
    return copy
