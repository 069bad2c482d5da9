"""A warehouse that takes in what each day brings is the warehouse built anew, whatever the days bring.

A state machine lands rows late, again, amended and deleted, lets days pass, and builds; dbt itself does both builds.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.support.compiled_models import MID_MONTH, REPORTING_CURRENCY, load_time
from tests.support.contract import raw_contract
from tests.support.generators.collections import collections_landings
from tests.support.generators.ledgers import Rows
from tests.support.refreshes.daily import DailyHome

LEDGERS = 12
FIRST_DAY = MID_MONTH - timedelta(days=75)

# Models that say what a build changes, or move by it: a build that fails leaves those before them done.
ENDS_BEFORE = [
    "int_ledger_changes_this_run",
    "int_movement_increments",
    "int_aging_increments",
    "int_customer_aging_increments",
    "int_count_increments",
    "int_customers_this_run",
    "int_customer_aging_monthly",
    "int_due_date_increments",
    "int_debts_this_run",
    "contact_findings",
    "contact_compliance",
    # After all that keeps its rows.
    "scorecard_monthly",
]

TOLERANCE = f"currency_code,tolerance\n{REPORTING_CURRENCY},{{}}\n"
randoms = st.randoms(use_true_random=False)
Row = Mapping[str, Any]


class DailyLoads(RuleBasedStateMachine):
    """A business's days: what has landed, what has not yet, the day, and whether the two builds agree."""

    # Over all examples: builds that added to what was there, and did not start over.
    increments = 0

    def __init__(self) -> None:
        """Begin with a home of its own."""
        super().__init__()
        self._folder = TemporaryDirectory()
        self._home = DailyHome(Path(self._folder.name) / "home")
        self._day: date = FIRST_DAY
        self._to_land: list[tuple[str, Row]] = []
        self._landed: list[tuple[str, Row]] = []
        self._changes = 0

    @initialize(landing=collections_landings(MID_MONTH, LEDGERS), random=randoms)
    def the_first_day(self, landing: Rows, random: Random) -> None:
        """Most of the business has landed already; rates have, up to the last day there will be."""
        rows = [(table, row) for table, its_rows in landing.items() for row in its_rows]
        # A document that is the first to name its day's rate has everything built again: most landings name none, so
        # that most builds add to what is there.
        if random.random() < 0.7:
            rows = [(table, {**row, "exchange_rate": None} if "exchange_rate" in row else row) for table, row in rows]
        rows.sort(key=lambda landed: landed[1]["source_row"])
        self._to_land = [landed for landed in rows if landed[0] != "exchange_rates" and random.random() < 0.3]
        self._land([landed for landed in rows if landed not in self._to_land])
        # Rests within it are no debts, and become some again.
        if random.random() < 0.5:
            self._home.declare("debt_tolerances", TOLERANCE.format(30))
        self._home.build(self._day)

    @rule(random=randoms)
    def late_rows_land(self, random: Random) -> None:
        """Some of what had not landed does; much of it is dated long before."""
        late = [landed for landed in self._to_land if random.random() < 0.4]
        self._to_land = [landed for landed in self._to_land if landed not in late]
        self._land(late)

    @rule(random=randoms)
    def rows_land_again(self, random: Random) -> None:
        """A file repeats rows that have landed."""
        self._land([landed for landed in self._landed if random.random() < 0.05])

    @rule(random=randoms)
    def files_are_renamed(self, random: Random) -> None:
        """Nothing lands by it: a rename is a note of the loader's, which a build has no eye for."""
        for number in random.sample(range(1, self._home.files + 1), k=min(2, self._home.files)):
            self._home.rename(number, f"ar/invoices/renamed_{random.random()}.csv", self._day)

    @rule(random=randoms)
    def rows_are_amended(self, random: Random) -> None:
        """Amounts, days and partners become others."""
        self._land([(table, self._amended(table, row, random)) for table, row in self._some(random)])

    @rule(random=randoms)
    def other_due_dates_are_granted(self, random: Random) -> None:
        """Some are recorded before they land, some only on the days to come."""
        due = [
            landed for landed in self._landed if landed[0] in ("invoices", "instalments") and landed[1].get("due_date")
        ]
        for table, row in random.sample(due, k=min(6, len(due))):
            granted = {"due_date": row["due_date"] + timedelta(days=random.choice([-10, 30, 60]))}
            recorded = {"recorded_at": load_time(self._day + timedelta(days=random.choice([-20, 0, 0, 1, 5])))}
            self._land([(table, self._last(table, row) | self._marks() | granted | recorded)])

    @rule(random=randoms)
    def rows_are_deleted(self, random: Random) -> None:
        """Tombstones land; some of them know nothing but the key."""
        self._land(
            [
                (table, {column: row.get(column) for column in raw_contract()[table].key} | self._marks(deleted=True))
                for table, row in self._some(random)
            ]
        )

    @rule(random=randoms)
    def customers_are_merged(self, random: Random) -> None:
        """One of two turns out to be the other: its documents are the other's, and its record is gone."""
        customers = sorted({row["customer_id"] for table, row in self._landed if table == "customers"})
        if len(customers) < 2:
            return
        gone, kept = random.sample(customers, k=2)
        self._land([(table, dict(row) | {"customer_id": kept} | self._marks()) for table, row in self._documents(gone)])
        self._land([("customers", {"customer_id": gone} | self._marks(deleted=True))])

    @rule(random=randoms, table=st.sampled_from(["customers", "employees", "assignments", "instalments"]))
    def what_others_refer_to_is_deleted(self, random: Random, table: str) -> None:
        """What is left refers to nothing. Not companies: a build after the deletion of one starts over by rule."""
        rows = [row for of, row in self._landed if of == table]
        of_some = [
            {column: row[column] for column in raw_contract()[table].key}
            for row in random.sample(rows, k=min(2, len(rows)))
        ]
        self._land([(table, key | self._marks(deleted=True)) for key in of_some])

    @rule(days=st.sampled_from([1, 1, 2, 28, 31]))
    def days_pass(self, days: int) -> None:
        """What was dated ahead happens, what was due is past due, months end."""
        self._day += timedelta(days=days)

    @rule(model=st.sampled_from(ENDS_BEFORE))
    def a_build_fails(self, model: str) -> None:
        """It ends with some models built and some not; the next one goes on from where the last whole one ended."""
        self._home.fail_half_way(self._day, model)

    @rule(random=randoms, model=st.sampled_from(ENDS_BEFORE))
    def what_a_build_failed_over_is_put_back(self, random: Random, model: str) -> None:
        """A bad export lands, the build of it fails, and the next one says what the one before it did."""
        rows = [(table, self._last(table, row)) for table, row in self._some(random)]
        self._land([(table, self._amended(table, row, random)) for table, row in rows])
        self._home.fail_half_way(self._day, model)
        self._land([(table, dict(row) | self._marks()) for table, row in rows])

    @rule()
    def the_day_is_refreshed(self) -> None:
        """The warehouse takes in what there is to take in."""
        assert self._home.build(self._day) == self._home.build_anew(self._day)
        DailyLoads.increments += self._home.why_full is None

    def teardown(self) -> None:
        """Whatever was left to refresh is."""
        if self._landed:
            self.the_day_is_refreshed()
        self._folder.cleanup()

    def _land(self, rows: list[tuple[str, Row]]) -> None:
        self._home.land(rows, self._day)
        self._landed += [landed for landed in rows if not landed[1].get("is_deleted")]

    def _some(self, random: Random) -> list[tuple[str, Row]]:
        candidates = [landed for landed in self._landed if landed[0] not in ("exchange_rates", "companies")]
        return random.sample(candidates, k=min(6, len(candidates)))

    def _documents(self, customer_id: str) -> list[tuple[str, Row]]:
        """The last versions of rows that name a customer, of tables whose rows can come to name another."""
        contract = raw_contract()
        last = {
            (table, *(row[column] for column in contract[table].key)): (table, row)
            for table, row in self._landed
            if "customer_id" in row and "customer_id" not in contract[table].key
        }
        return [landed for landed in last.values() if landed[1]["customer_id"] == customer_id]

    def _last(self, table: str, row: Row) -> Row:
        key = {column: row.get(column) for column in raw_contract()[table].key}
        return next(other for of, other in reversed(self._landed) if of == table and key.items() <= dict(other).items())

    def _marks(self, *, deleted: bool = False) -> dict[str, Any]:
        self._changes += 1
        changed_at = datetime(self._day.year, self._day.month, self._day.day, 8) + timedelta(seconds=self._changes)
        return {"updated_at": changed_at, "recorded_at": None} | ({"is_deleted": True} if deleted else {})

    def _amended(self, table: str, row: Row, random: Random) -> dict[str, Any]:
        amended = dict(row) | self._marks()
        column = random.choice([name for name, value in row.items() if value is not None])
        if column in raw_contract()[table].key:
            return amended
        value = row[column]
        if isinstance(value, Decimal):
            amended[column] = value + (Decimal("1.25") if value > 0 else Decimal("-1.25"))
        elif isinstance(value, date) and not isinstance(value, datetime):
            amended[column] = value + timedelta(days=random.choice([-40, -1, 1, 40]))
        elif column.endswith("_id") or column == "segment":
            others = [other[column] for of, other in self._landed if of == table and other.get(column)]
            amended[column] = random.choice(others)
        return amended


@pytest.mark.slow
def test_what_each_day_adds_gives_the_marts_of_a_build_of_everything() -> None:
    run_state_machine_as_test(DailyLoads, settings=settings(max_examples=3, stateful_step_count=10))
    assert DailyLoads.increments > 0


DAY = date(2026, 1, 31)
INVOICE = {"invoice_id": "I1", "company_id": "A", "customer_id": "C1", "currency_code": REPORTING_CURRENCY} | {
    "invoice_date": date(2026, 1, 1),
    "due_date": date(2026, 1, 5),
    "amount": Decimal(10),
}
CALL = {"customer_id": "C1", "channel": "phone", "direction": "outbound", "outcome": "busy", "is_conversation": False}


def a_call(day: int, updated_at_hour: int, **amended: Any) -> tuple[str, Row]:
    when = {"occurred_at": datetime(2026, 1, day, 15), "updated_at": datetime(2026, 1, 31, updated_at_hour)}
    return "activities", {"activity_id": f"A{day}"} | CALL | when | amended


@pytest.mark.slow
def test_rests_within_a_tolerance_are_counted_as_in_a_build_of_everything(tmp_path: Path) -> None:
    """An invoice becomes a rest and a debt again; then the home tolerates less, which changes months that are over."""
    receipt = {"receipt_id": "R1", "company_id": "A", "customer_id": "C1", "currency_code": REPORTING_CURRENCY}
    receipt |= {"receipt_date": date(2026, 1, 10), "amount": Decimal("9.50")}
    application = {"application_id": "X1", "receipt_id": "R1", "invoice_id": "I1", "applied_date": date(2026, 1, 10)}
    application |= {"amount": Decimal("9.50")}
    home = DailyHome(tmp_path / "home")
    home.declare("debt_tolerances", TOLERANCE.format("0.5"))
    home.land([("invoices", INVOICE), ("customers", {"customer_id": "C1"})], DAY - timedelta(days=2))
    home.build(DAY - timedelta(days=2))
    home.land([("receipts", receipt), ("applications", application)], DAY - timedelta(days=1))
    a_rest = home.build(DAY - timedelta(days=1))
    assert (home.why_full, a_rest) == (None, home.build_anew(DAY - timedelta(days=1)))
    home.land([("applications", application | {"amount": Decimal("9.49"), "updated_at": load_time(DAY)})], DAY)
    a_debt = home.build(DAY)
    assert (home.why_full, a_debt) == (None, home.build_anew(DAY))
    home.declare("debt_tolerances", TOLERANCE.format("0.51"))
    assert home.build(DAY)["aging_monthly"] != a_debt["aging_monthly"]
    assert home.why_full == "models, reference data, expectations or settings are other than last time"


@pytest.mark.slow
def test_verdicts_of_a_build_that_failed_are_gone_when_what_it_was_built_from_is(tmp_path: Path) -> None:
    home = DailyHome(tmp_path / "home")
    home.land([("invoices", INVOICE), *(a_call(day, 1) for day in range(10, 19))], DAY)
    home.build(DAY)
    home.land([a_call(17, 2, outcome="promise_to_pay", is_conversation=True), a_call(11, 2, is_deleted=True)], DAY)
    home.fail_half_way(DAY, "scorecard_monthly")
    home.land([a_call(17, 3), a_call(11, 3)], DAY)
    assert home.build(DAY) == home.build_anew(DAY)
    assert home.why_full is None


@pytest.mark.slow
def test_a_promise_is_broken_again_when_another_payer_takes_back_what_settled_nothing(tmp_path: Path) -> None:
    application = {"application_id": "X1", "receipt_id": "R1", "invoice_id": "I1", "applied_date": date(2026, 1, 10)}
    in_the_receipt_only = {"amount": Decimal(0), "source_amount": Decimal(10), "unapplied_date": DAY}
    receipt = {"receipt_id": "R1", "company_id": "A", "customer_id": "C2", "currency_code": REPORTING_CURRENCY}
    promise = {"promise_id": "P1", "customer_id": "C1", "invoice_id": "I1", "currency_code": REPORTING_CURRENCY}
    made_and_due = {"made_date": date(2026, 1, 6), "due_date": date(2026, 1, 12)}
    home = DailyHome(tmp_path / "home")
    home.land(
        [
            ("invoices", INVOICE),
            ("receipts", receipt | {"receipt_date": date(2026, 1, 10), "amount": Decimal(10)}),
            ("applications", application | in_the_receipt_only),
            (
                "promises",
                promise | made_and_due | {"amount": Decimal(10)},
            ),
        ],
        DAY - timedelta(days=1),
    )
    home.build(DAY - timedelta(days=1))
    assert home.build(DAY) == home.build_anew(DAY)
    assert home.why_full is None


@pytest.mark.slow
def test_rates_of_documents_and_cash_of_unknown_payers_are_those_of_a_build_of_everything(tmp_path: Path) -> None:
    """A later document of a day leaves its rate as it is; a payer is found, and the cash applied by a rule."""
    abroad = INVOICE | {"currency_code": "USD", "source_open_amount": Decimal(10)}
    receipt = {"receipt_id": "R1", "company_id": "A", "receipt_date": date(2026, 1, 10), "amount": Decimal(4)}
    application = {"application_id": "X1", "receipt_id": "R1", "invoice_id": "I1", "applied_date": date(2026, 1, 20)}
    every_week = [
        (
            "invoices",
            abroad | {"invoice_id": f"W{day}", "invoice_date": date(2026, 1, day), "exchange_rate": Decimal(2)},
        )
        for day in range(1, 31, 7)
    ]
    home = DailyHome(tmp_path / "home")
    home.land(
        [
            ("companies", {"company_id": "A", "currency_code": REPORTING_CURRENCY}),
            *(("customers", {"customer_id": key}) for key in ("C1", "C2")),
            *(("invoices", abroad), *every_week),
            ("receipts", receipt | {"currency_code": "USD"}),
            (
                "control_balances",
                {"company_id": "A", "currency_code": REPORTING_CURRENCY, "base_balance": Decimal(1)}
                | {"balance_date": date(2026, 1, 20)},
            ),
        ],
        DAY - timedelta(days=1),
    )
    home.build(DAY - timedelta(days=1))
    home.land(
        [
            ("invoices", abroad | {"invoice_id": "L", "exchange_rate": Decimal(5)}),
            ("receipts", receipt | {"currency_code": "USD", "customer_id": "C2"}),
            ("applications", application | {"amount": Decimal(4), "rule": "oldest_first"}),
        ],
        DAY,
    )
    assert home.build(DAY) == home.build_anew(DAY)
    assert home.why_full is None
