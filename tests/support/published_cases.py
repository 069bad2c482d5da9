"""Published cases: where each is held, its documents as rows of the raw contract, and what the marts say of it.

Here: the tables of cases, the translation into a landing, reading figures. Not here: what must come of it
(test_published_cases.py, test_published_formulas.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from tests.support.borrowed import published_cases
from tests.support.compiled_models import MID_MONTH, REPORTING_CURRENCY, load_time
from tests.support.generators.ledgers import landed_in_order
from tests.support.oracle.landing import Landing

Case = dict[str, Any]
Rows = list[tuple[str, dict[str, Any]]]

# The currency of cases that name none, and of those that report in one.
BASE_CURRENCY = REPORTING_CURRENCY
LAST_DAY = MID_MONTH
CASES: dict[str, Case] = published_cases()

PLAIN_LEDGERS = (
    *("erp01", "erp03", "erp05", "erp07", "erp09", "erp13", "erp15", "erp17", "erp19", "erp27"),
    *("ers01", "ers03", "ers05", "moj01", "moj03", "moj07", "moj09", "moj11"),
)
OLD_LEDGERS = ("gnc01",)
FOREIGN_LEDGERS = ("erp11", "erp21", "erp23", "erp25")
BITEMPORAL_LEDGERS = ("moj05a", "moj05c", "moj05e")

# Ledger cases that ask for more than a ledger: what is not asserted, and why. What is asserted stands in their tests.
ONLY_IN_PART = {
    "moj13": "it applies cash by itself; here a receipt stays unapplied until the source applies it",
    "moj15": "it applies cash by itself, lower id first; here a receipt stays unapplied until the source applies it",
    "oca03": "it decides by a credit policy; here are the two balances the decision compares",
    "oca05": "it raises dunning levels; here is the balance each run looks at",
}
NOT_A_LEDGER = {
    "oca01": "a draft is no receivable: the contract lands what was issued",
    "moj17": "it parses text into pence; here the loader casts what was landed, and refuses what it can't",
}
FORMULAS_BY_UNIT_TEST = ("w01", "w03", "w05", "w07", "w09", "w11", "w19", "w21", "w31", "w33", "w35")
FORMULAS_OVER_INVOICES = ("w13", "w15", "w17", "w29")
ALLOWANCES = (
    *("w23", "w25", "w27", "ifrs9_ie12_company_m", "asc326_example5_aging_schedule", "ifrscommunity_b2c_cohort"),
    *("finlearnhub_matrix", "finlearnhub_ageing_profile", "coraa_forward_looking", "annualreporting_company_t_partial"),
    *("ifrsbox_abc_partial", "constructed_monthly_roll", "constructed_absorbing_chain"),
)
FORMULAS_NOT_ASKED_FOR = dict.fromkeys(
    ALLOWANCES, "an allowance is an accounting estimate with rates of its own; no mart makes one"
)
NEVER_EXPECTED = ("t01", "t02", "t03", "t04", "t05", "t06", "t07")

PAST_DUE = ("aging_1_30", "aging_31_60", "aging_61_90", "aging_91_120", "aging_121_plus")


def day(text: str) -> date:
    return date.fromisoformat(text)


def money(number: float) -> Decimal:
    return Decimal(str(number))


def landing_of(cases: Iterable[Case], as_of: date, more: Rows) -> Landing:
    """Every case as a company of its own, named by the case's id; documents keep their ids behind it."""
    return landed_in_order([row for case in cases for row in rows_of(case)] + more, as_of)


def rows_of(case: Case) -> Rows:
    """The case's rows by table."""
    given, company = case["input"], case["id"]
    rows: Rows = [("companies", {"company_id": company, "currency_code": BASE_CURRENCY})]
    documents = [*given.get("invoices", ()), *given.get("payments", ()), *given.get("credit_notes", ())]
    for customer in sorted({document["customer"] for document in documents} or {"C1"}):
        rows.append(("customers", {"customer_id": named(case, customer)}))
    for invoice in given.get("invoices", ()):
        rows += _invoice(case, invoice)
    for note in given.get("credit_notes", ()):
        rows += _credit_note(case, note)
    for payment in given.get("payments", ()):
        rows += _payment(case, payment)
    for place, entry in enumerate(given.get("applications", ())):
        rows += _bitemporal(case, f"application {place}", entry)
    for adjustment in given.get("adjustments", ()):
        rows.append(("adjustments", _adjustment(case, adjustment)))
    for refund in given.get("refunds", ()):
        largest = max(given["payments"], key=lambda payment: payment["amount"])
        source = {"receipt_id": named(case, largest["payment_id"])}
        rows.append(
            (
                "refunds",
                source
                | {
                    "refund_id": named(case, refund["refund_id"]),
                    "refund_date": day(refund["date"]),
                    "amount": money(refund["amount"]),
                },
            )
        )
    return rows


def named(case: Case, id_: str) -> str:
    """An id no other case has."""
    return f"{case['id']} {id_}"


def _document(case: Case, document: dict[str, Any]) -> dict[str, Any]:
    invoices = case["input"].get("invoices") or [{}]
    return {
        "company_id": case["id"],
        "customer_id": named(case, document["customer"]),
        "currency_code": document.get("currency") or invoices[0].get("currency", BASE_CURRENCY),
        "amount": money(document["amount"]),
    }


def _invoice(case: Case, invoice: dict[str, Any]) -> Rows:
    invoice_id = named(case, invoice["invoice_id"])
    row = _document(case, invoice) | {
        "invoice_id": invoice_id,
        "invoice_date": day(invoice["invoice_date"]),
        "due_date": day(invoice["due_date"]),
        "loaded_at": load_time(day(invoice["invoice_date"])),
    }
    instalments = [
        (
            "instalments",
            {
                "instalment_id": f"{invoice_id} {place}",
                "invoice_id": invoice_id,
                "due_date": day(part["due_date"]),
                "amount": money(part["amount"]),
            },
        )
        for place, part in enumerate(invoice.get("schedule", ()))
    ]
    return [("invoices", row), *instalments]


def _application(case: Case, source: dict[str, str], invoice: str, amount: Decimal, on: date) -> tuple[str, dict]:
    source_id = next(iter(source.values()))
    row = {
        "application_id": f"{source_id} to {invoice}",
        "invoice_id": named(case, invoice),
        "applied_date": on,
        "amount": amount,
    }
    return "applications", source | row


def _credit_note(case: Case, note: dict[str, Any]) -> Rows:
    source, on = {"credit_memo_id": named(case, note["credit_note_id"])}, day(note["credit_date"])
    row = _document(case, note) | source | {"credit_memo_date": on}
    applied = [_application(case, source, each["invoice_id"], money(each["amount"]), on) for each in note["applied"]]
    return [("credit_memos", row), *applied]


def _payment(case: Case, payment: dict[str, Any]) -> Rows:
    """A payment that also uses a credit note up applies the note to the same invoice, and only the rest itself."""
    source, on = {"receipt_id": named(case, payment["payment_id"])}, day(payment["payment_date"])
    rows: Rows = [("receipts", _document(case, payment) | source | {"receipt_date": on})]
    notes = [each for each in payment["applied"] if "credit_note_id" in each]
    for each in payment["applied"]:
        if "invoice_id" in each:
            from_notes = sum((money(-note["amount"]) for note in notes), Decimal(0))
            rows.append(_application(case, source, each["invoice_id"], money(each["amount"]) - from_notes, on))
            for note in notes:
                memo = {"credit_memo_id": named(case, note["credit_note_id"])}
                rows.append(_application(case, memo, each["invoice_id"], money(-note["amount"]), on))
    return rows


def _adjustment(case: Case, adjustment: dict[str, Any]) -> dict[str, Any]:
    return {
        "adjustment_id": named(case, f"{adjustment['kind']} of {adjustment['invoice_id']}"),
        "invoice_id": named(case, adjustment["invoice_id"]),
        "adjustment_date": day(adjustment["date"]),
        "adjustment_type": adjustment["kind"],
        "amount": -money(adjustment["amount"]),
    }


def _bitemporal(case: Case, name: str, entry: dict[str, Any]) -> Rows:
    """A credit memo or a payment with its application, known since it was recorded; else since it took effect."""
    on, recorded = day(entry["effective_date"]), entry["recorded_date"]
    table, key = ("credit_memos", "credit_memo_id") if entry["kind"] == "credit_memo" else ("receipts", "receipt_id")
    known = {
        "loaded_at": load_time(on),
        "recorded_at": datetime.fromisoformat(recorded) if recorded else None,
    }
    source = {key: named(case, name)}
    customer = case["input"]["invoices"][0]["customer"]
    row = _document(case, {"customer": customer, "amount": entry["amount"]}) | source | known
    row[f"{key.removesuffix('_id')}_date"] = on
    table_name, application = _application(case, source, entry["invoice_id"], money(entry["amount"]), on)
    return [(table, row), (table_name, application | known)]


def rates(currency: str, to: str, by_day: dict[date, str]) -> Rows:
    """Rates of a pair, one a day named."""
    return [
        ("exchange_rates", {"rate_date": on, "from_currency": currency, "to_currency": to, "rate": Decimal(rate)})
        for on, rate in by_day.items()
    ]


def weekly_rate(currency: str, to: str, first: date, last: date) -> Rows:
    """The same rate of 1 every week: for cases in which only amounts in their own currency are asked for."""
    weeks = range(0, (last - first).days + 7, 7)
    return rates(currency, to, {first + timedelta(days=offset): "1" for offset in weeks})


@dataclass(frozen=True)
class Figures:
    """What the marts say of one case at the close of a day."""

    connection: duckdb.DuckDBPyConnection
    case: Case
    on: date

    def one(self, query: str, **more: Any) -> Decimal:
        [(value,)] = self.connection.execute(query, {"case": self.case["id"], **more}).fetchall()
        return value or Decimal(0)

    def of_invoice(self, invoice: str, column: str) -> Decimal:
        """A figure of one invoice as of the last day."""
        query = f"select sum({column}) from marts.fct_invoices where company_id = $case and invoice_id = $invoice"
        return self.one(query, invoice=named(self.case, invoice))

    def daily(self, *columns: str) -> Decimal:
        """Sum of columns of the roll-forward on the day."""
        return self.one(
            f"select sum({' + '.join(columns)}) from marts.receivables_daily"
            " where company_id = $case and date_day = $day",
            day=self.on,
        )

    @property
    def items(self) -> dict[str, Decimal]:
        """Balance of every open item, by the case's own id."""
        rows = self.connection.execute(
            """select item_id, sum(amount) from marts.fct_receivables_ledger
            where company_id = $case and effective_date <= $day group by 1 having sum(amount) <> 0""",
            {"case": self.case["id"], "day": self.on},
        ).fetchall()
        return {item.removeprefix(f"{self.case['id']} "): balance for item, balance in rows}

    @property
    def instalments(self) -> dict[date, Decimal]:
        """Balance of open invoices by due date."""
        rows = self.connection.execute(
            """select due_date, sum(amount) from marts.fct_receivables_ledger
            where company_id = $case and effective_date <= $day and item_type = 'invoice'
            group by 1 having sum(amount) <> 0""",
            {"case": self.case["id"], "day": self.on},
        ).fetchall()
        return dict(rows)

    def later(self, days: int = 1) -> "Figures":
        return Figures(self.connection, self.case, self.on + timedelta(days=days))
