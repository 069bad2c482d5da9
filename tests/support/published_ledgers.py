"""Worked cases of other projects' test suites, as rows of the raw contract, and what their suites say of them.

Here: documents and figures of each case (facts, in our own words, with their source), and reading the marts for one.
Not here: what must come of it (test_published_ledgers.py), worked examples of formulas (test_published_formulas.py).

Each case keeps the short name it has in our tests. Sources that say "today" are read as of 2 March 2026. Amounts are in
the reporting currency, whatever the source calls its own, and whole units where it counts pence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from tests.support.compiled_models import REPORTING_CURRENCY
from tests.support.documents import Row, document, instalment, invoice, memo, memo_application, paid, receipt

# Their tests' files and commits; GPL and AGPL sources are read for their figures alone.
ERPNEXT = "frappe/erpnext 01dce563 (GPL-3.0), accounts/report/accounts_receivable/test_accounts_receivable.py"
ERPNEXT_SUMMARY = "frappe/erpnext 1d8f9c3e (GPL-3.0), accounts_receivable_summary/test_accounts_receivable_summary.py"
FINANCE_HUB = "ministryofjustice/opg-sirius-supervision-finance-hub 2c0afb52 (MIT), finance-api/internal"
OCA = "OCA/credit-control 9070fa04 (AGPL-3.0)"

BEFORE, TODAY, TOMORROW = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)
FIRST, SECOND, THIRD = date(2026, 4, 1), date(2026, 5, 1), date(2026, 5, 31)
PAST_DUE = ("aging_1_30", "aging_31_60", "aging_61_90", "aging_91_120", "aging_121_plus")

Amount = Decimal | int
Items = Mapping[str, Amount]


@dataclass(frozen=True)
class Published:
    """A case: its documents, and what its source says on a day; None and nothing where the source says nothing."""

    source: str
    on: date
    rows: list[Row]
    # Balance of every open document, that day and the next.
    items: Items | None = None
    items_tomorrow: Items | None = None
    # All that is open: less unapplied credits, without them, and these alone.
    net: Amount | None = None
    gross: Amount | None = None
    unapplied: Amount | None = None
    # Balance by the due date of instalments.
    instalments: Mapping[date, Amount] = field(default_factory=dict)
    # Figures of the invoice I, by column of `fct_invoices`.
    of_invoice: Items = field(default_factory=dict)
    # Sums of buckets, by columns of `receivables_daily`.
    buckets: Mapping[tuple[str, ...], Amount] = field(default_factory=dict)


def issued(amount: str, on: date = TODAY, due: date | None = None, key: str = "I", **more: Any) -> Row:
    """An invoice, due on the day it is issued where the source names no other."""
    return invoice(key, amount, on, due_date=due or on, **more)


LEDGERS = {
    # Paid in half when it was issued.
    "erp01": Published(
        ERPNEXT,
        date(2026, 3, 4),
        [issued("100", date(2026, 3, 4)), *paid("50", date(2026, 3, 4))],
        items={"I": 50},
        of_invoice={"amount": 100, "paid_amount": 50, "credited_amount": 0},
    ),
    # A part payment fills instalments in the order they are due.
    "erp03": Published(
        ERPNEXT,
        TODAY,
        [
            *(issued("100"), instalment("a", FIRST, "30"), instalment("b", SECOND, "50")),
            *(instalment("c", THIRD, "20"), *paid("40", TODAY)),
        ],
        net=60,
        instalments={SECOND: 40, THIRD: 20},
    ),
    # Credited in full before anything was paid.
    "erp05": Published(
        ERPNEXT,
        TODAY,
        [
            *(issued("100"), instalment("a", FIRST, "30"), instalment("b", SECOND, "50")),
            *(instalment("c", THIRD, "20"), memo("N", "100", TODAY), memo_application("N", "100", TODAY)),
        ],
        items={},
        net=0,
    ),
    # A part payment within the first instalment.
    "erp07": Published(
        ERPNEXT,
        TODAY,
        [
            *(issued("200"), instalment("a", FIRST, "60"), instalment("b", SECOND, "100")),
            *(instalment("c", THIRD, "40"), *paid("40", TODAY)),
        ],
        net=160,
        instalments={FIRST: 20, SECOND: 100, THIRD: 40},
    ),
    # Beside what is left of an invoice a credit note nobody applied.
    "erp09": Published(
        ERPNEXT,
        TODAY,
        [issued("100", BEFORE), *paid("40", TODAY), memo("N", "100", TODAY)],
        items={"I": 60, "N": -100},
        net=-40,
        of_invoice={"amount": 100, "paid_amount": 40},
    ),
    # Settled in part by a journal entry: a receipt like any other.
    "erp13": Published(
        ERPNEXT,
        TODAY,
        [issued("100"), *paid("40", TODAY)],
        items={"I": 60},
        of_invoice={"paid_amount": 40},
    ),
    # A journal entry in credit, linked to nothing: a credit memo nobody applied.
    "erp15": Published(ERPNEXT, TODAY, [memo("N", "100", TODAY)], items={"N": -100}),
    # Tomorrow 80 are paid, and a credit of 10 that is there already is used.
    "erp17": Published(
        ERPNEXT,
        TODAY,
        [
            *(issued("100"), memo("N", "10", TODAY)),
            *(*paid("80", TOMORROW), memo_application("N", "10", TOMORROW)),
        ],
        items={"I": 100, "N": -10},
        items_tomorrow={"I": 10},
    ),
    # Tomorrow 10 too much are paid. The source shows these 10 as today's credit; here they are tomorrow's.
    "erp19": Published(
        ERPNEXT,
        TODAY,
        [issued("100"), receipt("P", "110", TOMORROW), paid("100", TOMORROW)[1]],
        items={"I": 100},
        items_tomorrow={"P": -10},
    ),
    # A return is part of what became of its invoice.
    "erp27": Published(
        ERPNEXT,
        TODAY,
        [issued("200"), memo("N", "100", TODAY), memo_application("N", "100", TODAY)],
        items={"I": 100},
        of_invoice={"credited_amount": 100},
    ),
    # Nothing is paid. The source's first range holds what is current, up to 30 days late, and unapplied cash.
    "ers01": Published(
        ERPNEXT_SUMMARY,
        TODAY,
        [issued("200")],
        net=200,
        unapplied=0,
        of_invoice={"amount": 200, "paid_amount": 0, "credited_amount": 0},
        buckets={("aging_current", "aging_1_30", "unapplied_credits"): 200, PAST_DUE[1:]: 0},
    ),
    # 50 paid in advance, 125 paid on the invoice.
    "ers03": Published(
        ERPNEXT_SUMMARY,
        TODAY,
        [issued("200"), receipt("A", "50", TODAY), *paid("125", TODAY)],
        net=25,
        unapplied=-50,
        of_invoice={"amount": 200, "paid_amount": 125, "credited_amount": 0},
        buckets={("aging_current", "aging_1_30", "unapplied_credits"): 25, PAST_DUE[1:]: 0},
    ),
    # Settled by two payments.
    "ers05": Published(ERPNEXT_SUMMARY, TODAY, [issued("200"), *paid("150", TODAY), *paid("50", TODAY, "Q")], items={}),
    # Of two invoices of two months ago one was written off yesterday; the source's buckets past due are years.
    "moj01": Published(
        f"{FINANCE_HUB}/db/aged_debt_test.go",
        BEFORE,
        [
            issued("200", date(2026, 1, 2), date(2026, 2, 1)),
            issued("100", date(2026, 1, 2), date(2026, 2, 1), "J"),
            document("adjustments", "W", "-100", BEFORE, invoice_id="J", adjustment_type="write_off"),
        ],
        items={"I": 200},
        buckets={("aging_current",): 0, PAST_DUE: 200},
    ),
    # Paid today: owed as of yesterday.
    "moj03": Published(
        f"{FINANCE_HUB}/db/aged_debt_test.go",
        BEFORE,
        [issued("100", date(2025, 3, 2), date(2025, 4, 1)), *paid("100", TODAY)],
        items={"I": 100},
        buckets={("aging_current",): 0, PAST_DUE: 100},
    ),
    # 29 days past due: the source's bucket of 22 to 35 days, ours of 1 to 30.
    "moj07": Published(
        f"{FINANCE_HUB}/db/aged_debt_by_customer_test.go",
        TODAY,
        [issued("100", date(2026, 1, 2), date(2026, 2, 1))],
        net=100,
        buckets={("aging_1_30",): 100, PAST_DUE: 100},
    ),
    # Paid too much: what is not applied is a credit.
    "moj09": Published(
        f"{FINANCE_HUB}/db/customer_credit_test.go",
        BEFORE,
        [issued("100", BEFORE, date(2026, 3, 31)), receipt("P", "223.45", BEFORE), paid("100", BEFORE)[1]],
        gross=0,
        unapplied=Decimal("-123.45"),
    ),
    # What an older invoice leaves of a payment is applied to the next.
    "moj11": Published(
        f"{FINANCE_HUB}/db/customer_credit_test.go",
        BEFORE,
        [
            *(issued("100", date(2026, 1, 2), date(2026, 2, 1)), issued("100", BEFORE, date(2026, 3, 31), "J")),
            *(receipt("P", "150", BEFORE), paid("100", BEFORE)[1], paid("50", BEFORE, "P", "J")[1]),
        ],
        gross=50,
        unapplied=0,
    ),
    # The source applies 100 to the 150 by itself. Here a receipt is unapplied until it is landed as applied; net is the
    # same.
    "moj13": Published(
        f"{FINANCE_HUB}/service/process_payments_test.go",
        date(2024, 12, 31),
        [issued("150", date(2024, 3, 31), date(2024, 4, 30)), receipt("P", "100", date(2024, 1, 1))],
        net=50,
        unapplied=-100,
    ),
    # The source applies 50 by itself to the first of two alike.
    "moj15": Published(
        f"{FINANCE_HUB}/service/process_payments_test.go",
        date(2024, 12, 31),
        [
            *(issued("100", date(2024, 3, 31), date(2024, 4, 30), key) for key in ("I", "J")),
            receipt("P", "50", date(2024, 1, 1)),
        ],
        net=150,
        unapplied=-50,
    ),
    # A policy stops at 1,100 in all or 499 overdue. Here are the two balances it compares.
    "oca03": Published(
        f"{OCA}, account_financial_risk/tests/test_account_financial_risk.py",
        TODAY,
        [issued("550", date(2017, 1, 1))],
        net=550,
        buckets={PAST_DUE: 550},
    ),
    # The last of three dunning runs over an invoice a year past due. Here is the balance it looks at.
    "oca05": Published(
        f"{OCA}, account_credit_control/tests/test_credit_control_run.py",
        TODAY,
        [issued("500", date(2025, 3, 2))],
        net=500,
        buckets={("aging_121_plus",): 500},
    ),
}


def in_company_of(case: str, rows: Iterable[Row]) -> list[Row]:
    """The rows as a company of their own with a customer of its own; ids get the case's name before them."""
    named = [
        (
            table,
            {
                column: f"{case} {value}" if column.endswith("_id") and column != "company_id" and value else value
                for column, value in row.items()
            }
            | ({"company_id": case} if "company_id" in row else {}),
        )
        for table, row in rows
    ]
    company: Row = ("companies", {"company_id": case, "currency_code": REPORTING_CURRENCY})
    return [company, ("customers", {"customer_id": f"{case} C"}), *named]


@dataclass(frozen=True)
class Figures:
    """What the marts say of one case at the close of a day."""

    connection: duckdb.DuckDBPyConnection
    case: str
    on: date

    def one(self, query: str, **more: Any) -> Decimal:
        [(value,)] = self.connection.execute(query, {"case": self.case, **more}).fetchall()
        return value or Decimal(0)

    def of_invoice(self, column: str) -> Decimal:
        """A figure of the invoice I as of the last day."""
        query = f"select sum({column}) from marts.fct_invoices where company_id = $case and invoice_id = $case || ' I'"
        return self.one(query)

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
            {"case": self.case, "day": self.on},
        ).fetchall()
        return {item.removeprefix(f"{self.case} "): balance for item, balance in rows}

    @property
    def instalments(self) -> dict[date, Decimal]:
        """Balance of open invoices by due date."""
        rows = self.connection.execute(
            """select due_date, sum(amount) from marts.fct_receivables_ledger
            where company_id = $case and effective_date <= $day and item_type = 'invoice'
            group by 1 having sum(amount) <> 0""",
            {"case": self.case, "day": self.on},
        ).fetchall()
        return dict(rows)

    def later(self, days: int = 1) -> "Figures":
        return Figures(self.connection, self.case, self.on + timedelta(days=days))
