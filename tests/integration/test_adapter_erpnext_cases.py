"""ERPNext's own worked cases of its receivables report, as rows of its tables: what its tests expect is what we make.

Here: each case as ERPNext books it, all of them in one source, a company each. Not here: the same cases in the marts
(test_published_ledgers.py), whose exchange rates an adapter doesn't have.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duebook.adapters.landing import Made
from tests.support.adapters.month_ends import Documents, made_of, rows_of
from tests.support.borrowed import CASES, borrowed_cases, needs_borrowed

BORROWED = {case["id"]: case for case in borrowed_cases("erpnext_accounts_receivable")}
LATER = date(9998, 1, 1)

pytestmark = needs_borrowed(CASES)

Case = Mapping[str, Any]


class Books:
    """ERPNext's tables, filled case by case; documents have their case's id before their own."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {
            "tabPayment Ledger Entry": [],
            "tabSales Invoice": [],
            "tabPayment Entry": [],
            "tabJournal Entry": [],
            "tabPayment Schedule": [],
            "tabCompany": [],
            "tabCustomer": [],
        }

    def book(self, case: Case) -> None:
        """Book the documents of a case."""
        name, given = case["id"], case["input"]
        self.add("tabCompany", name=name, default_currency=given.get("base_currency", "INR"))
        documents = [*given.get("invoices", []), *given.get("credit_notes", []), *given.get("payments", [])]
        for customer in sorted({one["customer"] for one in documents}):
            self.add("tabCustomer", name=f"{name}:{customer}")
        settled: dict[str, Decimal] = {}
        for one in documents:
            for part in one.get("applied", []):
                other = part.get("invoice_id") or part["credit_note_id"]
                settled[other] = settled.get(other, Decimal(0)) + _amount(part)
        for one in given.get("invoices", []):
            self.invoice(name, one, settled)
        for one in given.get("credit_notes", []):
            self.credit_note(name, one, settled)
        for one in given.get("payments", []):
            self.payment(name, one)
        for one in given.get("revaluations", []):
            # The company's currency alone: 100 USD are worth 500 INR more.
            invoice = given["invoices"][0]
            worth = _amount(invoice) * (Decimal(str(one["new_rate"])) - Decimal(str(invoice["fx_to_base"])))
            self.add("tabJournal Entry", name=f"{name}:{one['id']}", voucher_type="Exchange Rate Revaluation")
            voucher, against = ("Journal Entry", one["id"]), ("Sales Invoice", invoice["invoice_id"])
            self.entry(name, invoice, voucher, against, Decimal(0), one["date"], amount=worth)

    def add(self, table: str, **row: Any) -> None:
        self.rows[table].append(row)

    def invoice(self, case: str, one: Case, settled: Mapping[str, Decimal]) -> None:
        rest = _amount(one) - settled.get(one["invoice_id"], Decimal(0))
        self.sale(case, one, one["invoice_id"], one["invoice_date"], _amount(one), rest, due_date=one["due_date"])
        voucher = ("Sales Invoice", one["invoice_id"])
        self.entry(case, one, voucher, voucher, _amount(one), one["invoice_date"])
        for place, part in enumerate(one.get("schedule", [])):
            self.add(
                "tabPayment Schedule",
                name=f"{case}:{one['invoice_id']}:{place}",
                parent=f"{case}:{one['invoice_id']}",
                due_date=part["due_date"],
                payment_amount=part["amount"],
            )

    def credit_note(self, case: str, one: Case, settled: Mapping[str, Decimal]) -> None:
        key, day = one["credit_note_id"], one["credit_date"]
        if one.get("kind") == "journal":
            self.add("tabJournal Entry", name=f"{case}:{key}", voucher_type="Journal Entry")
            voucher = ("Journal Entry", key)
        else:
            rest = _left(one) + settled.get(key, Decimal(0))
            self.sale(case, one, key, day, -_amount(one), -rest, is_return=1, due_date=day)
            voucher = ("Sales Invoice", key)
        self.settle(case, one, voucher, day)

    def payment(self, case: str, one: Case) -> None:
        key, day = one["payment_id"], one["payment_date"]
        if one.get("kind") == "journal":
            self.add("tabJournal Entry", name=f"{case}:{key}", voucher_type="Bank Entry")
            self.settle(case, one, ("Journal Entry", key), day)
            return
        self.add(
            "tabPayment Entry",
            name=f"{case}:{key}",
            docstatus=1,
            payment_type="Receive",
            party_type="Customer",
            party=f"{case}:{one['customer']}",
            company=case,
            posting_date=day,
            paid_amount=_amount(one),
            unallocated_amount=_left(one),
            paid_from_account_currency=one.get("currency", "INR"),
            source_exchange_rate=one.get("fx_to_base", 1),
        )
        self.settle(case, one, ("Payment Entry", key), day)

    def settle(self, case: str, one: Case, voucher: tuple[str, str], day: str) -> None:
        """Book a credit against what it was applied to, and the rest against itself."""
        for part in one["applied"]:
            against = ("Sales Invoice", part.get("invoice_id") or part["credit_note_id"])
            self.entry(case, one, voucher, against, -_amount(part), day)
        if _left(one):
            self.entry(case, one, voucher, voucher, -_left(one), day)

    def sale(self, case: str, one: Case, key: str, day: str, amount: Decimal, rest: Decimal, **more: Any) -> None:
        self.add(
            "tabSales Invoice",
            **{"name": f"{case}:{key}", "docstatus": 1, "is_return": 0, "company": case, "posting_date": day},
            **{"customer": f"{case}:{one['customer']}", "currency": one.get("currency", "INR")},
            **{"conversion_rate": one.get("fx_to_base", 1), "grand_total": amount, "outstanding_amount": rest},
        )
        self.rows["tabSales Invoice"][-1].update(more)

    def entry(
        self,
        case: str,
        one: Case,
        voucher: tuple[str, str],
        against: tuple[str, str],
        in_account_currency: Decimal,
        day: str,
        amount: Decimal | None = None,
    ) -> None:
        """An entry of the payment ledger."""
        rate = Decimal(str(one.get("fx_to_base", 1)))
        self.add(
            "tabPayment Ledger Entry",
            name=f"PLE-{len(self.rows['tabPayment Ledger Entry']):04d}",
            posting_date=day,
            company=case,
            account_type="Receivable",
            account=f"Debtors {one.get('currency', 'INR')}",
            party_type="Customer",
            party=f"{case}:{one['customer']}",
            voucher_type=voucher[0],
            voucher_no=f"{case}:{voucher[1]}",
            against_voucher_type=against[0],
            against_voucher_no=f"{case}:{against[1]}",
            account_currency=one.get("currency", "INR"),
            amount_in_account_currency=in_account_currency,
            amount=in_account_currency * rate if amount is None else amount,
            delinked=0,
        )

    def write(self, folder: Path) -> Path:
        """Write a CSV file a table; returns the folder."""
        folder.mkdir()
        for table, rows in self.rows.items():
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
                writer.writeheader()
                writer.writerows(rows)
        return folder


def _amount(one: Case) -> Decimal:
    return Decimal(str(one["amount"]))


def _left(one: Case) -> Decimal:
    """What of a credit was applied to nothing."""
    return _amount(one) - sum((_amount(part) for part in one["applied"]), Decimal(0))


@dataclass(frozen=True)
class Report:
    """What we make of one case, by the ids its documents have in it: balances on its day and for good, what is due."""

    made: Made
    case: Case

    def balances(self, day: date) -> dict[str, Decimal]:
        """What is open of each document; credits are negative."""
        invoices, credits = Documents.of(self.made.extracted).open_on(day)
        signed = {**invoices, **{key: -amount for (_, key), amount in credits.items()}}
        return {self._own(key): amount for key, amount in signed.items() if self._is_ours(key) and amount}

    @property
    def day(self) -> date:
        return date.fromisoformat(self.case["as_of"])

    def settled(self, invoice_id: str) -> dict[str, Decimal]:
        """What settled an invoice up to the day: cash, and credit notes."""
        rows = [
            row
            for row in rows_of(self.made.extracted, "applications")
            if row["invoice_id"] == f"{self.case['id']}:{invoice_id}" and row["applied_date"] <= self.day
        ]
        return {
            "paid": sum((row["amount"] for row in rows if row["receipt_id"]), Decimal(0)),
            "credit_note": sum((row["amount"] for row in rows if row["credit_memo_id"]), Decimal(0)),
        }

    def instalments(self, invoice_id: str) -> dict[str, Decimal]:
        """What is open of each instalment, those due first settled first."""
        parts = [row for row in rows_of(self.made.extracted, "instalments") if self._is_ours(row["invoice_id"])]
        gone = sum((row["amount"] for row in parts), Decimal(0)) - self.balances(self.day).get(invoice_id, Decimal(0))
        found = {}
        for row in sorted(parts, key=lambda row: row["due_date"]):
            found[row["due_date"].isoformat()] = row["amount"] - min(row["amount"], gone)
            gone -= min(row["amount"], gone)
        return {due: amount for due, amount in found.items() if amount}

    def _is_ours(self, key: object) -> bool:
        return str(key).startswith(f"{self.case['id']}:")

    def _own(self, key: object) -> str:
        """A document's id in the case; a journal is one for each customer, whose id stands behind it."""
        return str(key).removeprefix(f"{self.case['id']}:").split(f":{self.case['id']}")[0]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Iterator[Made]:
    books = Books()
    for case in BORROWED.values():
        books.book(case)
    folder = tmp_path_factory.mktemp("cases")
    with made_of("erpnext", books.write(folder / "source"), folder) as made:
        yield made


@pytest.fixture(params=sorted(BORROWED) or ["none"])
def report(request, made) -> Report:
    return Report(made, BORROWED[request.param])


def test_open_documents_are_those_of_erpnexts_report(report) -> None:
    rows = {row.get("document_id") or row.get("invoice_id"): row for row in report.case["expected"].get("rows", [])}
    now, later = report.balances(report.day), report.balances(LATER)
    # ERPNext shows what is left of a payment of tomorrow today.
    known = {key: row for key, row in rows.items() if key in now}
    assert {key: row["outstanding"] for key, row in known.items()} == {key: now[key] for key in known}
    for key, row in rows.items():
        if "remaining_balance" in row:
            assert (key, row["remaining_balance"]) == (key, later.get(key, 0))
        if key in now and "paid" in row:
            assert (key, row["paid"]) == (key, report.settled(key)["paid"])
        if "credit_note" in row:
            assert (key, row["credit_note"]) == (key, report.settled(key)["credit_note"])
    if "rows" in report.case["expected"]:
        assert now.keys() <= rows.keys() and (rows.keys() - now.keys()) <= later.keys()


def test_totals_are_those_of_erpnexts_report(report) -> None:
    expected, now = report.case["expected"], report.balances(report.day)
    rates = {one.get("fx_to_base", 1) for one in report.case["input"].get("invoices", [])}
    rates = {one["new_rate"] for one in report.case["input"].get("revaluations", [])} or rates
    if "total_outstanding" in expected:
        assert sum(now.values()) == Decimal(str(expected["total_outstanding"]))
    if "total_base_outstanding" in expected:
        # At the one rate of the case; an adapter has no rates of days.
        assert sum(now.values()) * Decimal(str(rates.pop())) == Decimal(str(expected["total_base_outstanding"]))
    if "transaction_currency" in expected:
        figures = expected["transaction_currency"]
        assert sum(now.values()) == figures["outstanding"]
        assert sum(report.balances(LATER).values()) == figures["remaining_balance"]
    if "buckets" in expected:
        # The summary takes advances off what is owed.
        assert sum(now.values()) == expected["outstanding"]
        assert -sum(amount for amount in now.values() if amount < 0) == expected["advance"]


def test_instalments_are_those_of_erpnexts_report(report) -> None:
    expected = report.case["expected"].get("instalments")
    if expected is not None:
        [invoice] = report.case["input"]["invoices"]
        parts = {row["due_date"]: Decimal(str(row["outstanding"])) for row in expected}
        assert report.instalments(invoice["invoice_id"]) == parts


def test_the_tie_has_every_document_of_every_case_and_no_difference(made) -> None:
    booked = [
        one
        for case in BORROWED.values()
        for kind in ("invoices", "credit_notes", "payments")
        for one in case["input"].get(kind, [])
    ]
    assert made.tie.differences == []
    assert made.tie.documents == len(booked)
