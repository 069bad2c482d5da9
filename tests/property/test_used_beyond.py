"""Receipts and memos used beyond what they hold: what counts, what waits, and what the quarantine says of it.

Every figure is worked by hand. Here: named situations. Not here: random ones (test_marts.py, test_identities.py).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from tests.support.agreement.shrinking import assert_agreement
from tests.support.compiled_models import MONTH_END, compiled_models
from tests.support.documents import (
    COMPANY,
    CUSTOMER,
    FEBRUARY,
    JANUARY,
    Row,
    application,
    document,
    invoice,
    receipt,
    refund,
    reversal,
)
from tests.support.generators.ledgers import landed_in_order

pytestmark = pytest.mark.long

MARTS = ("fct_invoices", "fct_receivables_ledger", "receivables_daily", "int_missing_references")


@dataclass(frozen=True)
class Situation:
    """Documents, and what is right: balances of all items that have one, cash of February, rows that wait and why."""

    rows: list[Row]
    balances: dict[str, str]
    waiting: dict[str, str]
    cash_of_february: str = "0"


SITUATIONS = {
    "a receipt applied in full to two invoices pays the first": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "100", application_id="A")),
            application(JANUARY, "100", application_id="B", invoice_id="J"),
        ],
        {"J": "100"},
        {"B": "only 0.0000 INR of receipt R is left on 2024-01-01"},
    ),
    "an application under two ids counts once": Situation(
        [
            *(invoice(), receipt(amount="100"), application(JANUARY, "100", application_id="A")),
            application(JANUARY, "100", application_id="B"),
        ],
        {},
        {"B": "only 0.0000 INR of receipt R is left on 2024-01-01"},
    ),
    "a refund needs what is left": Situation(
        [invoice(), receipt(amount="100"), application(JANUARY, "70"), refund("F", FEBRUARY, "40")],
        {"I": "30", "R": "-30"},
        {"F": "only 30.0000 INR of receipt R is left on 2024-02-01"},
    ),
    "of a receipt refunded in part the rest is charged back": Situation(
        [
            *(invoice(), receipt(amount="100", reversed_date=date(2024, 2, 20))),
            application(JANUARY, "100", application_id="A", unapplied_date=date(2024, 1, 31)),
            *(refund("F", date(2024, 1, 31), "40"), application(date(2024, 1, 31), "60", application_id="B")),
        ],
        {"I": "100"},
        {},
        "-60",
    ),
    "nothing is refunded of a receipt that was reversed": Situation(
        [invoice(), receipt(reversed_date=JANUARY), refund("F", FEBRUARY, "1")],
        {"I": "100"},
        {"F": "receipt R was reversed on 2024-01-01: nothing is left of it on 2024-02-01"},
    ),
    "a memo holds no more than it was": Situation(
        [
            *(invoice(), document("credit_memos", "M", "30", JANUARY)),
            application(JANUARY, "20", application_id="A", receipt_id=None, credit_memo_id="M"),
            application(FEBRUARY, "10.01", application_id="B", receipt_id=None, credit_memo_id="M"),
            refund("F", FEBRUARY, "10", receipt_id=None, credit_memo_id="M"),
        ],
        {"I": "80"},
        {"B": "only 10.0000 INR of credit memo M is left on 2024-02-01"},
    ),
    "a use in another currency takes what it takes of the receipt": Situation(
        [
            *(invoice(), receipt(amount="50")),
            application(JANUARY, "100", application_id="A", source_amount=Decimal("50.01")),
            application(FEBRUARY, "99", application_id="B", source_amount=Decimal(50)),
        ],
        {"I": "1"},
        {"A": "only 50.0000 INR of receipt R is left on 2024-01-01"},
    ),
    "a reversal of a part lowers cash, and opens what the newest application paid": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "60", application_id="A")),
            application(date(2024, 1, 20), "30", application_id="B", invoice_id="J"),
            reversal("V", FEBRUARY, "25"),
        ],
        {"I": "40", "J": "85"},
        {},
        "-25",
    ),
    "nothing is reversed that was reversed or refunded before": Situation(
        [
            *(invoice(), receipt(amount="100"), application(JANUARY, "50", application_id="A")),
            *(refund("F", JANUARY, "20"), reversal("V", FEBRUARY, "30"), reversal("W", date(2024, 2, 2), "50.01")),
        ],
        {"I": "50"},
        {"W": "only 50.0000 INR of receipt R is left to reverse on 2024-02-02"},
        "-30",
    ),
    "a receipt reversed whole reverses what was not reversed before": Situation(
        [
            *(invoice(), receipt(amount="100", reversed_date=date(2024, 2, 20))),
            *(application(JANUARY, "100", application_id="A"), reversal("V", FEBRUARY, "30")),
        ],
        {"I": "100"},
        {},
        "-100",
    ),
    "a correction of its own day moves the money to the right invoice": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "100", application_id="A")),
            application(JANUARY, "100", application_id="B", invoice_id="J"),
            application(JANUARY, "-100", application_id="C"),
        ],
        {"I": "100"},
        {},
    ),
    "a correction of its own day, whatever the order of its rows": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "-100", application_id="A")),
            application(JANUARY, "100", application_id="B", invoice_id="J"),
            application(JANUARY, "100", application_id="C"),
        ],
        {"I": "100"},
        {},
    ),
    "a correction of the day before moves the money to the right invoice": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "100", application_id="C")),
            application(date(2024, 1, 2), "100", application_id="A", invoice_id="J"),
            application(date(2024, 1, 2), "-100", application_id="B"),
        ],
        {"I": "100"},
        {},
    ),
    "a correction of what was applied before, in part put on again": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "100", application_id="A")),
            application(date(2024, 1, 2), "40", application_id="B"),
            application(date(2024, 1, 2), "60", application_id="C", invoice_id="J"),
            application(date(2024, 1, 2), "-100", application_id="D"),
        ],
        {"I": "60", "J": "40"},
        {},
    ),
    "corrected, wrong again, and corrected again in a day": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "100", application_id="A")),
            *(application(JANUARY, "-100", application_id=key) for key in "CD"),
            *(application(JANUARY, "100", application_id="B"), refund("F", JANUARY, "40")),
            application(JANUARY, "60", application_id="E", invoice_id="J"),
        ],
        {"I": "100", "J": "40"},
        {},
    ),
    "of two corrections of a day the one that leaves nothing comes first": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "100", application_id="A")),
            *(application(JANUARY, "-40", application_id="B"), application(JANUARY, "40", application_id="E")),
            application(JANUARY, "100", application_id="C", invoice_id="J"),
            application(JANUARY, "-100", application_id="D", invoice_id="J"),
        ],
        {"J": "100"},
        {},
    ),
    "a correction of its own day, of a memo": Situation(
        [
            *(invoice("I"), invoice("J"), document("credit_memos", "M", "100", JANUARY)),
            application(JANUARY, "100", application_id="A", receipt_id=None, credit_memo_id="M"),
            application(JANUARY, "100", application_id="B", receipt_id=None, credit_memo_id="M", invoice_id="J"),
            application(JANUARY, "-100", application_id="C", receipt_id=None, credit_memo_id="M"),
        ],
        {"I": "100"},
        {},
    ),
    "a correction that gives back more than the receipt has applied waits": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "60", application_id="A")),
            application(JANUARY, "-61", application_id="B"),
        ],
        {"I": "40", "J": "100", "R": "-40"},
        {"B": "what this gives back does not fit: of receipt R, 60.0000 INR is applied and 40.0000 left on 2024-01-01"},
    ),
    "a reversal opens nothing of what was given back": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "60", application_id="A")),
            application(date(2024, 1, 2), "40", application_id="B", invoice_id="J"),
            application(date(2024, 1, 3), "-40", application_id="C", invoice_id="J"),
            reversal("V", FEBRUARY, "70"),
        ],
        {"I": "70", "J": "100"},
        {},
        "-70",
    ),
    "a reversal after a correction opens where the money stands": Situation(
        [
            *(invoice("I"), invoice("J"), receipt(amount="100"), application(JANUARY, "100", application_id="B")),
            *(application(JANUARY, "-100", application_id="C"), reversal("V", FEBRUARY, "30")),
            application(JANUARY, "100", application_id="A", invoice_id="J"),
        ],
        {"I": "100", "J": "30"},
        {},
        "-30",
    ),
    "what waits puts no other row of its day in another place": Situation(
        [
            *(invoice(), receipt(amount="40"), application(JANUARY, "20", application_id="A")),
            *(application(JANUARY, "30", application_id=key) for key in "BC"),
            *(application(JANUARY, "-30", application_id="D"), application(JANUARY, "-10", application_id="E")),
        ],
        {"I": "60"},
        {
            "B": "only 20.0000 INR of receipt R is left on 2024-01-01",
            "D": "what this gives back does not fit: of receipt R, 20.0000 INR is applied and 20.0000 left on"
            " 2024-01-01",
        },
    ),
    "what gives back more than was applied waits": Situation(
        [
            *(invoice(), receipt(), application(JANUARY, "20", application_id="A")),
            application(FEBRUARY, "-20.01", application_id="B"),
        ],
        {"I": "80", "R": "-40"},
        {"B": "what this gives back does not fit: of receipt R, 20.0000 INR is applied and 40.0000 left on 2024-02-01"},
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_oracle_says_the_same(name: str) -> None:
    assert_agreement(
        compiled_models(MONTH_END), landed_in_order([COMPANY, CUSTOMER, *SITUATIONS[name].rows], MONTH_END)
    )


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_does_not_fit_waits_by_name_and_counts_nowhere(name: str) -> None:
    situation = SITUATIONS[name]
    landing = landed_in_order([COMPANY, CUSTOMER, *situation.rows], MONTH_END)
    with compiled_models(MONTH_END).of(MARTS).build(landing) as connection:
        balances = connection.execute(
            "select item_id, sum(amount) from marts.fct_receivables_ledger group by 1 having sum(amount) <> 0"
        ).fetchall()
        waiting = connection.execute("select row_key, reason from intermediate.int_missing_references").fetchall()
        (cash,) = connection.execute(
            "select sum(cash_received - cash_reversed) from marts.receivables_daily where month(date_day) = 2"
        ).fetchone()
        above_zero = connection.execute("select * from marts.receivables_daily where unapplied_credits > 0").fetchall()
    assert dict(balances) == {item: Decimal(balance) for item, balance in situation.balances.items()}
    assert {key.split('"')[3]: reason for key, reason in waiting} == situation.waiting
    assert cash == Decimal(situation.cash_of_february)
    assert above_zero == []
