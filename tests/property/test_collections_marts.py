"""The marts of losses, behaviour, disputes, rolls, promises and effort held against the naive oracle.

Random ledgers with random contacts, promises and disputes; and situations worth naming, with figures by hand.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreement.collections import MARTS, REASONS, ROLL_KEY, disagreements
from tests.support.agreement.comparing import LEVEL_KEY, STAFF_KEY, Oracle, compare
from tests.support.agreement.shrinking import assert_agreement
from tests.support.compiled_models import KNOWN_DAY, MID_MONTH, MONTH_END, CompiledModels, compiled_models, mart_rows
from tests.support.contract import raw_contract
from tests.support.documents import Row
from tests.support.generators.collections import collections_landings
from tests.support.generators.ledgers import landed_in_order
from tests.support.oracle.landing import Landing

LEDGERS = 10
KEYS = {mart: LEVEL_KEY for mart in MARTS} | {
    "roll_rates_monthly": ROLL_KEY,
    "promises_monthly": STAFF_KEY,
    "collection_effort_monthly": STAFF_KEY,
}


def models_of(as_of: date, known_as_of: date | None = None) -> CompiledModels:
    return compiled_models(as_of, known_as_of).of(MARTS)


@pytest.mark.parametrize("as_of", [MONTH_END, pytest.param(MID_MONTH, marks=pytest.mark.long)], ids=str)
@settings(max_examples=3, derandomize=True)
@given(data=st.data())
def test_every_figure_is_the_oracles(as_of: date, data: st.DataObject) -> None:
    landing = data.draw(collections_landings(as_of, LEDGERS))
    assert_agreement(models_of(as_of), landing, comparing=disagreements)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=60)
@given(data=st.data())
def test_every_figure_is_the_oracles_on_a_thousand_ledgers(as_of: date, data: st.DataObject) -> None:
    landing = data.draw(collections_landings(as_of, LEDGERS))
    assert_agreement(models_of(as_of), landing, comparing=disagreements)


@pytest.mark.long
@settings(max_examples=1, derandomize=True)
@given(landing=collections_landings(KNOWN_DAY, LEDGERS))
def test_only_what_was_known_counts(landing: Landing) -> None:
    assert_agreement(models_of(KNOWN_DAY, KNOWN_DAY), landing, KNOWN_DAY, comparing=disagreements)


def figures(landing: Landing) -> dict[str, dict[tuple, dict[str, Any]]]:
    with models_of(MONTH_END).build(landing) as connection:
        return {mart: mart_rows(connection, mart, KEYS[mart]) for mart in MARTS}


@pytest.mark.long
@settings(max_examples=2, derandomize=True)
@given(landing=collections_landings(MONTH_END, LEDGERS), factor=st.sampled_from([Decimal(3), Decimal(1000)]))
def test_larger_amounts_change_no_ratio(landing: Landing, factor: Decimal) -> None:
    """Every amount of money times the same factor."""
    money = {table.name: [c.name for c in table.columns if "amount" in c.name] for table in raw_contract().values()}
    larger = {
        table: [{**row, **{name: row[name] * factor for name in money[table] if row.get(name)}} for row in rows]
        for table, rows in landing.items()
    }
    before, after = figures(landing), figures(larger)
    for mart, ratios in REASONS.items():
        expected = {key: {name: row[name] for name in ratios} for key, row in before[mart].items()}
        assert [str(each) for each in compare(mart, expected, after[mart])] == []


@pytest.mark.long
@settings(max_examples=2, derandomize=True)
@given(landing=collections_landings(MONTH_END, LEDGERS))
def test_splitting_a_segment_changes_no_figure_of_portfolio_or_company(landing: Landing) -> None:
    """Every customer becomes a segment of its own."""
    split = [{**row, "segment": row["customer_id"]} for row in landing["customers"]]
    before, after = figures(landing), figures({**landing, "customers": split})
    for mart in MARTS:
        kept = [
            {key: row for key, row in rows.items() if KEYS[mart] != LEVEL_KEY or key[1] in ("portfolio", "company")}
            for rows in (before[mart], after[mart])
        ]
        assert [str(each) for each in compare(mart, *kept)] == []


@settings(max_examples=2, derandomize=True)
@given(landing=collections_landings(MID_MONTH, LEDGERS))
def test_what_becomes_of_a_bucket_adds_up_to_it(landing: Landing) -> None:
    with models_of(MID_MONTH).build(landing) as connection:
        broken = connection.execute(
            """select month_end, scope, from_bucket from marts.roll_rates_monthly group by all
            having sum(balance_to) <> max(balance_from) or abs(sum(roll_rate) - 1) > 1e-9"""
        ).fetchall()
    assert not broken


JANUARY = date(2026, 1, 12)
JUST_AFTER = date(2026, 1, 17)
TOO_LATE = date(2026, 1, 18)
TOO_EARLY = date(2026, 1, 9)


def receipt(day: date = JANUARY, **more: Any) -> Row:
    return "receipts", {"receipt_id": "R", "receipt_date": day, "customer_id": "X", "amount": 100, **more}


def applied(day: date = JANUARY, **more: Any) -> Row:
    return "applications", {
        "application_id": "A",
        "receipt_id": "R",
        "invoice_id": "I",
        "applied_date": day,
        "amount": 100,
        **more,
    }


def taken_off(amount: int = 100) -> Row:
    """A row that gives back what was applied to the invoice."""
    return applied(date(2026, 2, 1), application_id="N", amount=-amount)


def memo(day: date = JANUARY, amount: int = 40) -> list[Row]:
    """A credit memo, and its application long after it was given."""
    credit = {"credit_memo_id": "M", "customer_id": "X", "credit_memo_date": day, "amount": amount}
    used = {"application_id": "B", "credit_memo_id": "M", "invoice_id": "I", "applied_date": date(2026, 2, 9)}
    return [("credit_memos", credit), ("applications", used | {"amount": amount})]


def adjusted(kind: str, amount: int, day: date = JANUARY) -> Row:
    row = {"adjustment_id": "J", "invoice_id": "I", "adjustment_date": day, "adjustment_type": kind}
    return "adjustments", row | {"amount": amount}


def charged_back(amount: int, day: date = date(2026, 1, 20), key: str = "V") -> Row:
    """A part of the receipt taken back by its bank."""
    return "reversals", {"reversal_id": key, "receipt_id": "R", "reversal_date": day, "amount": amount}


def refund() -> Row:
    return "refunds", {"refund_id": "F", "receipt_id": "R", "refund_date": date(2026, 1, 20), "amount": 100}


def promise(key: str = "P", **more: Any) -> Row:
    return "promises", {
        "promise_id": key,
        "customer_id": "X",
        "made_date": date(2026, 1, 10),
        "due_date": JANUARY,
        "amount": 100,
        **more,
    }


# Promises due on 12 January, and how many of them are kept, of what amount.
SITUATIONS: dict[str, tuple[list[Row], int, int]] = {
    "cash of the customer": ([receipt(), promise()], 1, 100),
    "cash for the invoice": ([receipt(), applied(), promise(invoice_id="I")], 1, 100),
    "cash not applied to the invoice named": ([receipt(), promise(invoice_id="I")], 0, 0),
    "a parent's cash for the invoice named": ([receipt(customer_id="Y"), applied(), promise(invoice_id="I")], 1, 100),
    "a parent's cash for no invoice named": ([receipt(customer_id="Y"), applied(), promise()], 0, 0),
    "cash on the last day of grace": ([receipt(JUST_AFTER), promise()], 1, 100),
    "cash the day after": ([receipt(TOO_LATE), promise()], 0, 0),
    "received in time, applied later": ([receipt(JUST_AFTER), applied(TOO_LATE), promise(invoice_id="I")], 1, 100),
    "received too early, applied in time": ([receipt(TOO_EARLY), applied(), promise(invoice_id="I")], 0, 0),
    "received too late": ([receipt(TOO_LATE), applied(TOO_LATE), promise(invoice_id="I")], 0, 0),
    "settled with a discount taken": (
        [receipt(amount=98), applied(amount=98, discount_amount=Decimal(2)), promise(invoice_id="I")],
        *(1, 100),
    ),
    "the same, the invoice not named": (
        [receipt(amount=98), applied(amount=98, discount_amount=Decimal(2)), promise()],
        *(0, 98),
    ),
    "settled with a discount granted": (
        [receipt(amount=98), applied(amount=98), adjusted("discount", -2, JUST_AFTER), promise(invoice_id="I")],
        *(1, 100),
    ),
    "a discount granted too late": (
        [receipt(amount=98), applied(amount=98), adjusted("discount", -2, TOO_LATE), promise(invoice_id="I")],
        *(0, 98),
    ),
    "a discount that leaves something open": (
        [receipt(amount=97), applied(amount=97), adjusted("discount", -2), promise(invoice_id="I")],
        *(0, 97),
    ),
    "settled with a credit": (
        [receipt(amount=60), applied(amount=60), *memo(), promise(invoice_id="I")],
        *(1, 100),
    ),
    "a credit given too late": (
        [receipt(amount=60), applied(amount=60), *memo(TOO_LATE), promise(invoice_id="I")],
        *(0, 60),
    ),
    "a credit and no cash": ([*memo(amount=100), promise(invoice_id="I")], 0, 0),
    "the rest written off": (
        [receipt(amount=60), applied(amount=60), adjusted("write_off", -40), promise(invoice_id="I")],
        *(0, 60),
    ),
    "more promised than was owed": ([receipt(), applied(), promise(amount=150, invoice_id="I")], 1, 150),
    "one settlement, two promises": (
        [
            *(receipt(amount=60), applied(amount=60), *memo()),
            *(promise(invoice_id="I"), promise("Q", invoice_id="I")),
        ],
        *(1, 100),
    ),
    "cash of the day it was made": ([receipt(date(2026, 1, 10)), promise()], 1, 100),
    "cash of the day before it was made": ([receipt(TOO_EARLY), promise()], 0, 0),
    "a cent short": ([receipt(), promise(amount=Decimal("100.01"))], 0, 100),
    "one payment, two promises": ([receipt(), promise(amount=60), promise("Q", amount=40)], 2, 100),
    "one payment, too much promised": ([receipt(), promise(amount=60), promise("Q", amount=41)], 1, 100),
    "a promise superseded": ([receipt(), promise(cancelled_date=JANUARY), promise("Q")], 1, 100),
    "cancelled after the as-of day": ([receipt(), promise(cancelled_date=date(2026, 3, 5))], 1, 100),
    "cash reversed since": ([receipt(reversed_date=date(2026, 2, 1)), promise()], 0, 0),
    "cash reversed after the as-of day": ([receipt(reversed_date=date(2026, 3, 5)), promise()], 1, 100),
    "taken off the invoice again": (
        [receipt(), applied(unapplied_date=date(2026, 2, 1)), promise(invoice_id="I"), promise("Q")],
        1,
        100,
    ),
    "cash charged back in part": ([receipt(), applied(), charged_back(50), promise(invoice_id="I")], 0, 50),
    "the same, for no invoice named": ([receipt(), applied(), charged_back(50), promise()], 0, 50),
    "charged back after the as-of day": (
        [receipt(), applied(), charged_back(50, date(2026, 3, 5)), promise(invoice_id="I")],
        *(1, 100),
    ),
    "settled with a discount, charged back in part": (
        [receipt(amount=98), applied(amount=98, discount_amount=Decimal(2)), charged_back(40), promise(invoice_id="I")],
        *(0, 58),
    ),
    "settled with a discount, charged back in parts": (
        [
            *(receipt(amount=98), applied(amount=98, discount_amount=Decimal(2)), promise(invoice_id="I")),
            *(charged_back(40), charged_back(58, key="W")),
        ],
        *(0, 0),
    ),
    "charged back by what a credit settles": (
        [receipt(), applied(), *memo(), charged_back(40), promise(invoice_id="I")],
        *(1, 100),
    ),
    "charged back by what was not applied": (
        [receipt(amount=150), applied(), charged_back(50), promise(invoice_id="I")],
        *(1, 100),
    ),
    "taken off the invoice by a row of its own": (
        [receipt(), applied(), taken_off(), promise(invoice_id="I"), promise("Q")],
        *(1, 100),
    ),
    "taken off and put on again is there once": (
        [receipt(), applied(), taken_off(), applied(date(2026, 2, 2), application_id="Z"), promise(), promise("Q")],
        *(1, 100),
    ),
    "taken off in part": (
        [receipt(), applied(), taken_off(30), promise(invoice_id="I"), promise("Q", amount=31)],
        *(0, 100),
    ),
    "cash paid back": ([receipt(), refund(), promise()], 0, 0),
    "another currency": ([receipt(currency_code="USD"), promise()], 0, 0),
    "due before anything was invoiced": ([promise(due_date=date(2026, 1, 3), made_date=date(2026, 1, 3))], 0, 0),
    "of a customer that never landed": ([receipt(), promise(customer_id="nobody"), promise("Q")], 1, 100),
}


def landing_of_situations() -> Landing:
    """Every situation with customers and documents of its own, its promises an employee's of its name."""
    common = {"company_id": "C", "currency_code": "INR"}
    dated: list[Row] = [("companies", common)]
    for week in range(10):
        day = date(2025, 12, 30) + timedelta(days=7 * week)
        rate = {"rate_date": day, "from_currency": "USD", "to_currency": "INR", "rate": Decimal(2)}
        dated.append(("exchange_rates", rate))
    for number, (situation, (rows, _, _)) in enumerate(SITUATIONS.items()):
        invoice = {"invoice_id": "I", "customer_id": "X", "amount": 100, "invoice_date": date(2026, 1, 5)}
        customers: list[Row] = [("customers", {"customer_id": name}) for name in "XY"]
        for table, row in [*customers, ("invoices", invoice), *rows]:
            own = {name: f"{number:02d}{value}" if name.endswith("_id") else value for name, value in row.items()}
            own |= {"employee_id": situation} if table == "promises" else {}
            own |= {"amount": Decimal(row["amount"])} if "amount" in row else {}
            dated.append((table, common | own))
    return landed_in_order(dated, MID_MONTH)


@pytest.fixture(scope="module")
def promises_of_situations() -> tuple[dict, list[str], dict]:
    """What the mart says of each situation's promises, what the oracle says otherwise, and the days by situation."""
    landing = landing_of_situations()
    with compiled_models(MID_MONTH).of((*MARTS, "fct_promises", "fct_invoices")).build(landing) as connection:
        days = connection.execute(
            """select promises.employee_id, kept_by, received_date, applied_date,
                promises.days_late_received, promises.days_late,
                received_in_full_date, paid_in_full_date, invoices.days_to_pay_received, invoices.days_to_pay
            from marts.fct_promises as promises
            left join marts.fct_invoices as invoices on promises.invoice_id = invoices.invoice_id"""
        ).fetchall()
        wrong = disagreements(connection, Oracle.of(landing, MID_MONTH))
        wrong = [str(each) for each in wrong if each.mart == "promises_monthly"]
        return mart_rows(connection, "promises_monthly", STAFF_KEY), wrong, {row[0]: row[1:] for row in days}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_promise_is_kept_by_cash_in_its_time(promises_of_situations: tuple, situation: str) -> None:
    _, kept, amount = SITUATIONS[situation]
    row = promises_of_situations[0][date(2026, 1, 31), "employee", None, situation]
    assert (row["promises_kept"], row["kept_amount"]) == (kept, amount)


def test_a_promise_and_an_invoice_say_when_their_cash_was_received_and_when_we_applied_it(
    promises_of_situations: tuple,
) -> None:
    """Received on the last day of grace, five days late, and applied a day after; the invoice is of 5 January."""
    days = promises_of_situations[2]
    received_and_applied = (JUST_AFTER, TOO_LATE)
    expected = ("cash", *received_and_applied, 5, 6, *received_and_applied, 12, 13)
    assert days["received in time, applied later"] == expected
    assert days["settled with a discount taken"][:5] == ("settlement", JANUARY, JANUARY, 0, 0)
    assert days["cash of the customer"][:5] == ("cash", JANUARY, None, 0, None)
    assert days["received too early, applied in time"][:5] == (None, None, None, None, None)


def test_the_oracle_says_the_same_of_every_situation(promises_of_situations: tuple) -> None:
    assert promises_of_situations[1] == []


@pytest.mark.parametrize("due_date_of_the_other", [date(2026, 1, 10), date(2026, 1, 11)], ids=["same", "next day"])
def test_an_invoice_settled_at_the_months_start_is_no_part_of_its_cohort(due_date_of_the_other: date) -> None:
    """100 stand 21 days past due on 31 January; another 100, paid then, come back in February and roll from nowhere."""
    common = {"company_id": "C", "currency_code": "INR", "customer_id": "X", "amount": Decimal(100)}
    issued = {**common, "invoice_date": date(2026, 1, 5)}
    rows: list[Row] = [
        ("companies", common),
        ("customers", common),
        ("invoices", issued | {"invoice_id": "I", "due_date": date(2026, 1, 10)}),
        ("invoices", issued | {"invoice_id": "J", "due_date": due_date_of_the_other}),
        receipt(**common),
        applied(**common, unapplied_date=date(2026, 2, 10)),
    ]
    with models_of(MID_MONTH).build(landed_in_order(rows, MID_MONTH)) as connection:
        found = mart_rows(connection, "roll_rates_monthly", ROLL_KEY)
    moves = {key[2]: row["balance_to"] for key, row in found.items() if key[:2] == (date(2026, 2, 28), "1_30")}
    assert {state: amount for state, amount in moves.items() if amount} == {"31_60": 100}


def test_cash_undone_in_its_month_at_another_rate_leaves_the_difference() -> None:
    """60 USD come in at 2 and go back at 3, each at its own day's rate: -60, also on what was past due (100 at 2)."""
    common = {"company_id": "C", "currency_code": "USD", "customer_id": "X", "amount": Decimal(60)}
    rate = {"from_currency": "USD", "to_currency": "INR"}
    rows: list[Row] = [
        ("companies", common),
        ("customers", common),
        *(
            (
                "exchange_rates",
                {**rate, "rate_date": date(2025, 12, 20) + timedelta(days=5 * n), "rate": Decimal(units)},
            )
            for n, units in enumerate([2, 2, 2, 2, *([3] * 12)])
        ),
        ("invoices", {**common, "invoice_id": "I", "amount": Decimal(100), "invoice_date": date(2025, 12, 20)}),
        receipt(**common),
        applied(**common, unapplied_date=date(2026, 1, 20)),
    ]
    rows[-3][1]["due_date"] = date(2025, 12, 20)
    rows[-2][1]["receipt_date"] = rows[-1][1]["applied_date"] = date(2026, 1, 5)
    with models_of(MID_MONTH).build(landed_in_order(rows, MID_MONTH)) as connection:
        month = (date(2026, 1, 31), "portfolio", None, None)
        losses = mart_rows(connection, "credit_losses_monthly", LEVEL_KEY)[month]
        behaviour = mart_rows(connection, "payment_behaviour_monthly", LEVEL_KEY)[month]
    found = losses["cash_applied_to_past_due"], losses["recovery_rate"], behaviour["cash_applied"]
    assert found == (-60, -0.3, -60)


@settings(max_examples=1, derandomize=True)
@given(landing=collections_landings(MID_MONTH, LEDGERS))
def test_a_cent_too_much_is_noticed(landing: Landing) -> None:
    """The test of the tests above: one figure of each mart is off; none that is null where its table hasn't landed."""
    columns = {
        "credit_losses_monthly": "opening_receivables",
        "payment_behaviour_monthly": "cash_days_late",
        "disputes_monthly": "invoiced",
        "roll_rates_monthly": "balance_to",
        "promises_monthly": "kept_amount",
        "collection_effort_monthly": "cash_received",
    }
    with models_of(MID_MONTH).build(landing) as connection:
        for mart, column in columns.items():
            connection.execute(f"update marts.{mart} set {column} = {column} + 0.01")
        wrong = disagreements(connection, Oracle.of(landing, MID_MONTH))
    assert {(each.mart, each.column) for each in wrong} >= set(columns.items())
