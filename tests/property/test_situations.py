"""Situations worth naming, each as small as it can be: marts and oracle must agree on all of them.

Random ledgers meet most of them now and then; here each is met always.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.support.agreement.comparing import Oracle, daily_disagreements
from tests.support.agreement.shrinking import assert_agreement
from tests.support.compiled_models import MONTH_END, REPORTING_CURRENCY, compiled_models
from tests.support.documents import (
    COMPANY,
    CUSTOMER,
    FEBRUARY,
    FOREIGN,
    JANUARY,
    Row,
    application,
    document,
    instalment,
    invoice,
    rate,
    receipt,
    refund,
    reversal,
)
from tests.support.generators.ledgers import landed_in_order
from tests.support.oracle.rates import MissingRateError

pytestmark = pytest.mark.long


def weekly(units: str, first: date = JANUARY, last: date = MONTH_END) -> list[Row]:
    return [rate(first + timedelta(days=days), units) for days in range(0, (last - first).days + 1, 7)]


def employee(day: date, fte: str, team: str) -> Row:
    row = {"employee_id": "E", "valid_from": day, "role": "collector", "fte": Decimal(fte), "team": team}
    return "employees", row


ABROAD = {"currency_code": FOREIGN}
AGREED: dict[str, list[Row]] = {
    "nothing landed": [],
    "nothing has happened yet": [COMPANY, CUSTOMER, invoice(day=date(2024, 4, 1))],
    "no companies landed: those of the facts": [CUSTOMER, invoice(), receipt(), application(FEBRUARY)],
    "a receipt landed and nothing else: its own company and customer": [receipt()],
    "no customers landed: those of the facts": [COMPANY, invoice(due_date=None), receipt(), application(FEBRUARY)],
    "a customer whose first event is yet to come is no member": [
        *(COMPANY, CUSTOMER, ("customers", {"customer_id": "F", "segment": "future"}), invoice()),
        invoice("J", day=date(2024, 4, 1), customer_id="F"),
    ],
    "an undo before its application moves up to it": [
        *(COMPANY, CUSTOMER, invoice(), receipt(reversed_date=JANUARY + timedelta(days=4))),
        application(FEBRUARY),
    ],
    "balances taken over are an inflow and no sale": [
        *(COMPANY, CUSTOMER, invoice()),
        invoice("O", "205", FEBRUARY, invoice_type="opening_balance", due_date=JANUARY),
        invoice("P", "30", FEBRUARY, invoice_type="opening_balance", voided_date=FEBRUARY + timedelta(days=2)),
        document("credit_memos", "M", "10", FEBRUARY, memo_type="opening_credit"),
        document("credit_memos", "N", "7", JANUARY, memo_type="opening_credit", voided_date=FEBRUARY),
    ],
    "a balance taken over is reduced on its own day, by instalments": [
        *(COMPANY, CUSTOMER, invoice(amount="100", invoice_type="opening_balance"), receipt(), application(JANUARY)),
        *(instalment("I1", JANUARY, "40"), instalment("I2", FEBRUARY, "60")),
    ],
    "a void before its memo moves up to it": [
        *(COMPANY, CUSTOMER, invoice()),
        document("credit_memos", "M", "10", FEBRUARY, voided_date=JANUARY),
    ],
    "a paid invoice to which cash is applied and undone in a day was paid before": [
        *(COMPANY, CUSTOMER, invoice(amount="60"), receipt(), application(FEBRUARY)),
        receipt("S", "5"),
        application(MONTH_END, "5", application_id="Y", receipt_id="S", unapplied_date=MONTH_END),
    ],
    "cash applied and undone in a month counts at the rate of either day": [
        *(COMPANY, CUSTOMER, invoice(**ABROAD), receipt(**ABROAD)),
        application(FEBRUARY, unapplied_date=FEBRUARY + timedelta(days=20)),
        *weekly("2", last=FEBRUARY + timedelta(days=6)),
        *weekly("4", first=FEBRUARY + timedelta(days=7)),
    ],
    "an inverse rate of today comes before a direct one of last week": [
        *(COMPANY, CUSTOMER, invoice(**ABROAD), *weekly("2")),
        rate(MONTH_END - timedelta(days=1), "0.25", REPORTING_CURRENCY, FOREIGN),
    ],
    "of one day's two rates the direct one counts": [
        *(COMPANY, CUSTOMER, invoice(**ABROAD), *weekly("2")),
        *(rate(day["rate_date"], "0.25", REPORTING_CURRENCY, FOREIGN) for _, day in weekly("2")),
    ],
    "a rate of seven days ago is good": [
        *(COMPANY, CUSTOMER, invoice(day=MONTH_END - timedelta(days=7), **ABROAD)),
        rate(MONTH_END - timedelta(days=7), "2"),
    ],
    "no rate is needed for nothing": [
        *(COMPANY, CUSTOMER, invoice(**ABROAD), receipt(amount="100", **ABROAD), application(JANUARY, "100")),
        rate(JANUARY, "2"),
    ],
    "documents make the rates of days that have none": [
        *(COMPANY, CUSTOMER, invoice(**ABROAD, exchange_rate=Decimal(2)), invoice("J", **ABROAD)),
        invoice("K", exchange_rate=Decimal(4), **ABROAD),
        *weekly("5", first=JANUARY + timedelta(days=8)),
        receipt(day=FEBRUARY, exchange_rate=Decimal(10), **ABROAD),
        document("credit_memos", "M", "10", date(2024, 2, 6), exchange_rate=Decimal("0.5"), **ABROAD),
    ],
    "four decimals are kept": [
        *(COMPANY, CUSTOMER, invoice(amount="33.3333"), receipt(amount="11.1113")),
        application(FEBRUARY, "11.1112", discount_amount=Decimal("0.0001")),
    ],
    "instalments due on one day": [
        *(COMPANY, CUSTOMER, invoice(), receipt(amount="140")),
        *(instalment("a", FEBRUARY, "50"), instalment("b", FEBRUARY, "50"), application(FEBRUARY, "140")),
    ],
    "an overpaid invoice, and what was paid too much taken back": [
        *(COMPANY, CUSTOMER, invoice("J"), invoice(), receipt(amount="160"), application(FEBRUARY, "100")),
        application(FEBRUARY, "60", application_id="Y", unapplied_date=MONTH_END),
    ],
    "a voided invoice keeps its payment": [
        *(COMPANY, CUSTOMER, invoice(voided_date=FEBRUARY), receipt(), application(JANUARY)),
    ],
    "an invoice credited twice, once before it was due": [
        *(COMPANY, CUSTOMER, invoice(), document("credit_memos", "M", "100", JANUARY)),
        document("credit_memos", "N", "100", FEBRUARY),
        application(JANUARY, "100", receipt_id=None, credit_memo_id="M"),
        application(FEBRUARY, "100", receipt_id=None, credit_memo_id="N", application_id="Y"),
    ],
    "a payment taken back and another applied on one day overpays nothing": [
        *(COMPANY, CUSTOMER, invoice(), receipt(amount="100"), receipt("Q", "100")),
        application(FEBRUARY, "100", unapplied_date=MONTH_END),
        application(MONTH_END, "100", application_id="W", receipt_id="Q"),
    ],
    "instalments a cent short are held back": [
        *(COMPANY, CUSTOMER, invoice(), instalment("a", JANUARY, "50"), instalment("b", FEBRUARY, "49.99")),
    ],
    "an employee with two rows for a day counts with both": [
        *(COMPANY, CUSTOMER, invoice(), employee(JANUARY, "1", "north"), employee(FEBRUARY, "0.5", "south")),
    ],
    "a receipt applied in full to two invoices": [
        *(COMPANY, CUSTOMER, invoice(), invoice("J"), receipt(amount="100"), application(FEBRUARY, "100")),
        application(FEBRUARY, "100", application_id="Y", invoice_id="J"),
    ],
    "one application under two ids": [
        *(COMPANY, CUSTOMER, invoice(), receipt(amount="100"), application(FEBRUARY, "100")),
        application(FEBRUARY, "100", application_id="Y"),
    ],
    "what waits for an invoice's day may take what another had": [
        *(COMPANY, CUSTOMER, invoice(day=FEBRUARY), invoice("J"), receipt(), application(JANUARY, "40")),
        application(FEBRUARY, "40", application_id="Y", invoice_id="J"),
    ],
    "an application takes what was undone that day, and none before it": [
        *(COMPANY, CUSTOMER, invoice(), receipt(), application(JANUARY, unapplied_date=FEBRUARY)),
        application(FEBRUARY - timedelta(days=1), application_id="W", unapplied_date=MONTH_END),
        *(application(FEBRUARY, application_id="Y"), application(FEBRUARY, "0.01", application_id="Z")),
    ],
    "a receipt is reversed by what was not paid back, and pays nothing back after": [
        *(COMPANY, CUSTOMER, invoice(), receipt(amount="100", reversed_date=FEBRUARY), application(JANUARY, "60")),
        *(refund("F", JANUARY, "40"), refund("G", FEBRUARY, "0.01"), refund("H", MONTH_END, "5")),
    ],
    "a memo is voided by what was not paid out": [
        *(COMPANY, CUSTOMER, invoice(), document("credit_memos", "M", "50", JANUARY, voided_date=FEBRUARY)),
        application(JANUARY, "30", receipt_id=None, credit_memo_id="M"),
        *(
            refund("F", JANUARY, "20", receipt_id=None, credit_memo_id="M"),
            refund("G", JANUARY, "1", receipt_id=None, credit_memo_id="M"),
        ),
    ],
    "what a row gives back another takes": [
        *(COMPANY, CUSTOMER, invoice(), receipt(), application(JANUARY)),
        application(FEBRUARY, "-60", application_id="Y"),
        application(FEBRUARY, application_id="Z"),
    ],
    "what was given back by its own date is not given back by a row as well": [
        *(COMPANY, CUSTOMER, invoice(), receipt(), application(JANUARY, unapplied_date=MONTH_END)),
        application(FEBRUARY, "-60", application_id="Y"),
    ],
    "a row that gives back waits when what it gave is used where it is undone": [
        *(COMPANY, CUSTOMER, invoice(), receipt(), application(JANUARY, "50")),
        application(FEBRUARY, "-30", application_id="N", unapplied_date=MONTH_END),
        application(FEBRUARY, "10", application_id="Y"),
        application(FEBRUARY, "25", application_id="Z"),
    ],
    "a reversal of a part takes what is unapplied, then the newest application, then the one before": [
        *(COMPANY, CUSTOMER, invoice(), invoice("J"), receipt(amount="100"), application(JANUARY)),
        application(FEBRUARY, "30", application_id="Y", invoice_id="J", discount_amount=Decimal(2)),
        *(reversal("V", FEBRUARY, "25"), reversal("W", date(2024, 2, 10), "50"), reversal("Z", MONTH_END, "25.01")),
    ],
    "a receipt reversed in part and then whole, its applications undone by the rest": [
        *(COMPANY, CUSTOMER, invoice(), receipt(amount="100", reversed_date=date(2024, 2, 20))),
        application(JANUARY, "90", discount_amount=Decimal(10)),
        *(reversal("V", FEBRUARY, "50"), reversal("W", date(2024, 2, 21), "1")),
    ],
    "an application of which a part was reversed gives back the rest": [
        *(COMPANY, CUSTOMER, invoice(), receipt(), application(JANUARY, unapplied_date=date(2024, 2, 10))),
        reversal("V", FEBRUARY, "20"),
        application(date(2024, 2, 10), "40.01", application_id="Y"),
        application(date(2024, 2, 10), "40", application_id="Z"),
    ],
    "a reversal across currencies opens the same share": [
        *(COMPANY, CUSTOMER, invoice(amount="70"), receipt(amount="30", **ABROAD), *weekly("2")),
        application(JANUARY, "70", source_amount=Decimal(30), discount_amount=Decimal("0.5")),
        *(reversal("V", FEBRUARY, "10"), reversal("W", date(2024, 2, 3), "10"), reversal("Z", MONTH_END, "10")),
    ],
    "a reversal opens instalments from the last that was covered": [
        *(COMPANY, CUSTOMER, invoice(), receipt(amount="80"), application(JANUARY, "80")),
        *(instalment("a", FEBRUARY, "50"), instalment("b", MONTH_END, "50"), reversal("V", FEBRUARY, "40")),
    ],
    "two reversals of one day, and a refund before them": [
        *(COMPANY, CUSTOMER, invoice(), receipt(), application(JANUARY, "50"), refund("F", FEBRUARY, "10")),
        *(reversal("V", FEBRUARY, "30"), reversal("W", FEBRUARY, "30"), reversal("X", FEBRUARY, "20")),
    ],
    "a reversal before its receipt is of the receipt's day": [
        *(COMPANY, CUSTOMER, invoice(), receipt(day=FEBRUARY), application(JANUARY), reversal("V", JANUARY, "20")),
    ],
    "what is applied after a reversal finds less": [
        *(COMPANY, CUSTOMER, invoice(), receipt(), reversal("V", JANUARY, "20"), application(FEBRUARY, "40.01")),
        application(FEBRUARY, "40", application_id="Y"),
    ],
    "a document of nothing changes nothing, but it is there": [
        *(
            COMPANY,
            CUSTOMER,
            invoice(),
            invoice("Z", "0"),
            receipt("S", "0"),
            document("credit_memos", "M", "0", JANUARY),
        ),
        application(FEBRUARY, "0", receipt_id="S", invoice_id="Z"),
    ],
    "an invoice of nothing by instalments of nothing": [
        *(COMPANY, CUSTOMER, invoice(amount="0"), instalment("a", FEBRUARY, "0"), instalment("b", MONTH_END, "0")),
    ],
    "an instalment of nothing among others": [
        *(COMPANY, CUSTOMER, invoice(), receipt(), instalment("a", JANUARY, "100"), instalment("b", FEBRUARY, "0")),
        application(FEBRUARY, "60"),
    ],
    "cash of nobody known is in a segment of its own": [
        *(COMPANY, CUSTOMER, invoice(), receipt(customer_id=None), receipt("Q", "7", FEBRUARY, customer_id=None)),
        *(application(FEBRUARY, "20"), refund("F", MONTH_END, "5")),
    ],
    "cash of nobody known where no customers landed": [COMPANY, invoice(), receipt(customer_id=None)],
    "cash of a customer that never landed waits": [COMPANY, CUSTOMER, invoice(), receipt(customer_id="never landed")],
    "cash of nobody known whose payer is found": [
        *(COMPANY, CUSTOMER, invoice(), receipt(customer_id=None), receipt()),
        application(FEBRUARY),
    ],
    "an empty segment is none": [COMPANY, ("customers", {"customer_id": "C", "segment": ""}), invoice()],
}


@pytest.mark.parametrize("situation", AGREED)
def test_marts_and_oracle_agree(situation: str) -> None:
    assert_agreement(compiled_models(MONTH_END), landed_in_order(AGREED[situation], MONTH_END))


# Days without a usable rate, by what needs one that day.
RATE_MISSING = {
    "a balance, its last rate eight days old": (
        [invoice(day=MONTH_END - timedelta(days=8), **ABROAD), rate(MONTH_END - timedelta(days=8), "2")],
        MONTH_END,
    ),
    "an invoice paid on its own day": (
        [invoice(day=FEBRUARY, **ABROAD), receipt(day=FEBRUARY, amount="100", **ABROAD), application(FEBRUARY, "100")],
        FEBRUARY,
    ),
    "cash applied, which leaves nothing open": (
        [
            *(invoice(**ABROAD), receipt(amount="100", **ABROAD), application(date(2024, 2, 20), "100")),
            *weekly("2", last=date(2024, 2, 12)),
        ],
        date(2024, 2, 20),
    ),
}


@pytest.mark.parametrize("needed_by", RATE_MISSING)
def test_a_missing_rate_is_a_failure_that_names_day_and_pair(needed_by: str) -> None:
    """By the oracle an error, in the warehouse the data test `exchange_rates_are_there`; never a rate of 1."""
    rows, day = RATE_MISSING[needed_by]
    landing = landed_in_order([COMPANY, CUSTOMER, *rows], MONTH_END)
    models = compiled_models(MONTH_END)
    with models.build(landing) as connection:
        oracle = Oracle.of(landing, MONTH_END)
        with pytest.raises(MissingRateError, match=f"{FOREIGN} to {REPORTING_CURRENCY} for"):
            oracle.rates.rate(FOREIGN, day)
        assert (day, FOREIGN, REPORTING_CURRENCY) in models.failures(connection, "exchange_rates_are_there")


def test_rates_that_do_not_come_out_even_are_rounded_once() -> None:
    """A reporting balance is within half of its last decimal, an FX difference within three halves of it."""
    rows = [
        *(COMPANY, CUSTOMER, invoice(amount="33.33", **ABROAD), invoice("J", "0.07", FEBRUARY, **ABROAD)),
        *(receipt(amount="11.11", **ABROAD), application(FEBRUARY, "11.11")),
        *(
            rate(JANUARY + timedelta(days=days), str(3 + Decimal(days) / 7)[:12], REPORTING_CURRENCY, FOREIGN)
            for days in range(60)
        ),
    ]
    landing = landed_in_order(rows, MONTH_END)
    with compiled_models(MONTH_END).build(landing) as connection:
        wrong = daily_disagreements(connection, Oracle.of(landing, MONTH_END))
    assert {each.column for each in wrong} == {"closing_balance_reporting", "fx_difference"}
    assert max(abs(float(each.expected) - float(each.found)) for each in wrong) < 0.00015


def test_a_tombstone_without_times_wins_over_rows_without_times() -> None:
    """It counts from the moment it was recorded; a row that doesn't say when it changed can't be later than that."""
    first, again = invoice(), invoice()
    gone: Row = ("invoices", {"invoice_id": "I", "is_deleted": True})
    landing = landed_in_order([COMPANY, CUSTOMER, first, gone, again], MONTH_END)
    assert_agreement(compiled_models(MONTH_END), landing)
    with compiled_models(MONTH_END).build(landing) as connection:
        assert connection.execute("select * from marts.fct_invoices").fetchall() == []
