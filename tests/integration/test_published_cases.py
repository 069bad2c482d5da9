"""Every published ledger through the models: open items, buckets, totals, both currencies and both clocks.

Where a case can't apply as it stands, a table (support/published_cases.py) says why, and its test asserts what does
apply. The cases are no part of the project; where they are not beside the checkout, these tests are skipped and say so.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from duebook.landing.loading import load_landing
from duebook.settings import RAW_SCHEMA, Settings
from tests.support.compiled_models import KNOWN_DAY, CompiledModels, compiled_models
from tests.support.generators.ledgers import landed_in_order
from tests.support.published_cases import (
    BASE_CURRENCY,
    BITEMPORAL_LEDGERS,
    CASES,
    FOREIGN_LEDGERS,
    FORMULAS_BY_UNIT_TEST,
    FORMULAS_NOT_ASKED_FOR,
    FORMULAS_OVER_INVOICES,
    LAST_DAY,
    NEVER_EXPECTED,
    NOT_A_LEDGER,
    OLD_LEDGERS,
    ONLY_IN_PART,
    PAST_DUE,
    PLAIN_LEDGERS,
    Figures,
    Rows,
    day,
    landing_of,
    money,
    rates,
    rows_of,
    weekly_rate,
)

pytestmark = pytest.mark.skipif(not CASES, reason="the published cases are not beside this checkout")


@pytest.fixture(scope="module")
def models() -> CompiledModels:
    return compiled_models(LAST_DAY)


@pytest.fixture(scope="module")
def plain(models: CompiledModels) -> Iterator[Callable[[str], Figures]]:
    """The plain ledgers, each a company of one landing."""
    cases = [CASES[id_] for id_ in (*PLAIN_LEDGERS, *ONLY_IN_PART)]
    any_rate = weekly_rate("USD", BASE_CURRENCY, date(2017, 1, 1), LAST_DAY)
    with models.build(landing_of(cases, LAST_DAY, any_rate)) as connection:
        yield lambda id_: Figures(connection, CASES[id_], day(CASES[id_]["as_of"]))


def alone(models: CompiledModels, id_: str, more: Rows) -> Figures:
    """A case in a landing of its own, with the rates it needs."""
    connection = models.build(landed_in_order([*rows_of(CASES[id_]), *more], LAST_DAY))
    return Figures(connection, CASES[id_], day(CASES[id_]["as_of"]))


def test_every_published_case_has_its_place() -> None:
    """A case that is added is not passed over in silence."""
    placed = [
        *(*PLAIN_LEDGERS, *OLD_LEDGERS, *FOREIGN_LEDGERS, *BITEMPORAL_LEDGERS, *ONLY_IN_PART, *NOT_A_LEDGER),
        *(*FORMULAS_BY_UNIT_TEST, *FORMULAS_OVER_INVOICES, *FORMULAS_NOT_ASKED_FOR),
        *NEVER_EXPECTED,
    ]
    assert sorted(placed) == sorted(CASES)


# --- plain ledgers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id_", PLAIN_LEDGERS)
def test_open_items_are_as_published(plain: Callable[[str], Figures], id_: str) -> None:
    figures, expected = plain(id_), CASES[id_]["expected"]
    if "rows" not in expected:
        return assert_totals(figures)
    rows = {row.get("invoice_id") or row["document_id"]: row for row in expected["rows"]}
    if CASES[id_].get("divergence_allowed"):
        del rows["p"]  # a payment of tomorrow is no credit of today
    assert figures.items == {item: money(row["outstanding"]) for item, row in rows.items()}
    return assert_totals(figures)


def assert_totals(figures: Figures) -> None:
    expected, net = figures.case["expected"], figures.daily("closing_balance")
    unapplied = figures.daily("unapplied_credits")
    if "total_outstanding" in expected:
        assert net == money(expected["total_outstanding"])
    if "customer_credit_balance" in expected:
        assert -unapplied == money(expected["customer_credit_balance"])
        assert net - unapplied == money(expected["outstanding"])
    elif "outstanding" in expected:
        assert net == money(expected["outstanding"])
    if "advance" in expected:
        assert -unapplied == money(expected["advance"])
    assert net == figures.daily("aging_current", *PAST_DUE, "aging_no_due_date", "unapplied_credits")


@pytest.mark.parametrize("id_", ["erp03", "erp07"])
def test_instalments_are_as_published(plain: Callable[[str], Figures], id_: str) -> None:
    expected = CASES[id_]["expected"]["instalments"]
    assert plain(id_).instalments == {day(part["due_date"]): money(part["outstanding"]) for part in expected}


@pytest.mark.parametrize("id_", ["erp01", "erp09", "erp13", "erp27", "ers01", "ers03"])
def test_what_was_paid_and_credited_is_as_published(plain: Callable[[str], Figures], id_: str) -> None:
    expected = CASES[id_]["expected"]
    columns = {"invoiced": "amount", "paid": "paid_amount", "credit_note": "credited_amount"}
    for row in expected.get("rows", [expected]):
        item = row.get("invoice_id") or row.get("document_id") or CASES[id_]["input"]["invoices"][0]["invoice_id"]
        for name in columns.keys() & row.keys():
            assert plain(id_).of_invoice(item, columns[name]) == money(row[name]), (item, name)


@pytest.mark.parametrize("id_", ["erp17", "erp19"])
def test_what_comes_tomorrow_changes_nothing_today(plain: Callable[[str], Figures], id_: str) -> None:
    today, tomorrow = plain(id_), plain(id_).later()
    for row in CASES[id_]["expected"]["rows"]:
        item = row["document_id"]
        assert tomorrow.items.get(item, 0) == money(row["remaining_balance"])
        if item in today.items:
            assert today.items[item] - tomorrow.items.get(item, 0) == money(row["future_amount"])


@pytest.mark.parametrize("id_", ["ers01", "ers03"])
def test_buckets_are_as_published_where_unapplied_cash_is_netted(plain: Callable[[str], Figures], id_: str) -> None:
    """The source's first range holds what is current, up to 30 days late, and unapplied: here these are three."""
    expected, figures = CASES[id_]["expected"]["buckets"], plain(id_)
    assert figures.daily("aging_current", "aging_1_30", "unapplied_credits") == money(expected["range1"])
    for name, column in zip(("range2", "range3", "range4", "range5"), PAST_DUE[1:], strict=True):
        assert figures.daily(column) == money(expected[name])


@pytest.mark.parametrize("id_", ["moj01", "moj03"])
def test_buckets_of_years_come_to_what_is_past_due(plain: Callable[[str], Figures], id_: str) -> None:
    """The source's bounds are years, ours are days: what is current and what is past due are the same."""
    for row in CASES[id_]["expected"]["rows"]:
        buckets = dict(row["buckets"])
        assert plain(id_).daily("aging_current") == money(buckets.pop("current"))
        assert plain(id_).daily(*PAST_DUE) == money(sum(buckets.values()))


def test_twenty_nine_days_late_is_the_first_bucket(plain: Callable[[str], Figures]) -> None:
    """moj07: the source's bounds are 21, 35, ...; by ours 29 days are in 1-30."""
    expected = CASES["moj07"]["expected"]
    assert plain("moj07").daily("aging_1_30") == money(expected["buckets"]["d22_35"])
    assert plain("moj07").daily(*PAST_DUE) == money(expected["outstanding"])


# --- ledgers of their own ------------------------------------------------------------------------------------------


def test_a_statement_runs_as_published(models: CompiledModels) -> None:
    """gnc01: the balance after every day of a statement, and the period's debits and credits.

    Its last refund pays out 50 where 40 are left of the payment: here it waits (tests/property/test_used_beyond.py).
    """
    case = CASES["gnc01"]
    first, last = day(case["input"]["invoices"][1]["invoice_date"]), LAST_DAY
    figures = alone(models, "gnc01", weekly_rate("USD", BASE_CURRENCY, first, last))
    *held, (last_day, _) = case["expected"]["running_balance"]
    for on, balance in [*held, (last_day, held[-1][1])]:
        assert Figures(figures.connection, case, day(on)).daily("closing_balance") == money(balance), on
    period = "select sum({}) from marts.receivables_daily where company_id = $case and date_day <= $day"
    waiting = money(case["input"]["refunds"][-1]["amount"])
    debits = money(case["expected"]["period_debits"]) - waiting
    assert figures.one(period.format("invoiced + refunded"), day=figures.on) == debits
    assert figures.one(period.format("cash_received + credited"), day=figures.on) == money(
        case["expected"]["period_credits"]
    )


def test_a_new_rate_is_its_own_line(models: CompiledModels) -> None:
    """erp11: 80 becomes 85. A day has one rate here, so the revaluation is the next day's."""
    on, expected = day(CASES["erp11"]["as_of"]), CASES["erp11"]["expected"]
    figures = alone(models, "erp11", rates("USD", BASE_CURRENCY, {on: "80", on + timedelta(days=1): "85"}))
    assert figures.daily("closing_balance_reporting") == 8000
    assert figures.later().daily("fx_difference") == money(expected["revaluation_row"]["outstanding"])
    assert figures.later().daily("closing_balance_reporting") == money(expected["total_base_outstanding"])


def test_two_currencies_stand_side_by_side(models: CompiledModels) -> None:
    """erp21: each in its own currency, and in the reporting one."""
    on = day(CASES["erp21"]["as_of"])
    figures = alone(models, "erp21", rates("USD", BASE_CURRENCY, {on - timedelta(days=1): "80"}))
    rows = {row["document_id"]: row for row in CASES["erp21"]["expected"]["rows"]}
    assert figures.items == {item: money(row["outstanding"]) for item, row in rows.items()}
    in_base = money(sum(row["base_outstanding"] for row in rows.values()))
    assert figures.daily("closing_balance_reporting") == in_base


def test_a_payment_at_another_rate_leaves_a_difference_in_base_currency_only(models: CompiledModels) -> None:
    """erp23: 100 USD invoiced at 80, paid at 75."""
    first, expected = date(2026, 3, 1), CASES["erp23"]["expected"]
    figures = alone(models, "erp23", rates("USD", BASE_CURRENCY, {first: "80", first + timedelta(days=2): "75"}))
    paid = figures.later()
    assert figures.daily("closing_balance") == money(expected["transaction_currency"]["outstanding"])
    assert figures.daily("closing_balance_reporting") == money(expected["base"]["outstanding"])
    assert paid.daily("closing_balance") == money(expected["transaction_currency"]["remaining_balance"])
    assert paid.daily("closing_balance_reporting") == 0
    assert paid.daily("fx_difference") == -money(expected["base"]["remaining_balance"])


def test_an_advance_fills_the_earliest_instalment(models: CompiledModels) -> None:
    """erp25: the source spreads this advance evenly, which its other cases don't; the total is the same."""
    on = day(CASES["erp25"]["as_of"])
    figures = alone(models, "erp25", rates("USD", BASE_CURRENCY, {on: "80"}))
    assert figures.daily("closing_balance_reporting") == money(CASES["erp25"]["expected"]["total_base_outstanding"])
    assert figures.instalments == {date(2026, 4, 1): 50}


@pytest.fixture(scope="module")
def known() -> Iterator[duckdb.DuckDBPyConnection]:
    """The bitemporal cases, as it was known on their day."""
    cases, first = [CASES[id_] for id_ in BITEMPORAL_LEDGERS], date(2025, 1, 1)
    any_rate = weekly_rate("USD", BASE_CURRENCY, first, KNOWN_DAY)
    with compiled_models(KNOWN_DAY, KNOWN_DAY).build(landing_of(cases, first, any_rate)) as connection:
        yield connection


@pytest.mark.long
@pytest.mark.parametrize("id_", BITEMPORAL_LEDGERS)
def test_only_what_was_known_counts(known: duckdb.DuckDBPyConnection, id_: str) -> None:
    """A row that doesn't say when it was recorded is known since it was loaded: here the day it took effect."""
    case = CASES[id_]
    assert day(case["as_of"]) == KNOWN_DAY
    figures = Figures(known, case, KNOWN_DAY)
    [row] = case["expected"]["rows"]
    assert figures.items == {row["invoice_id"]: money(row["outstanding"])}
    assert figures.daily(*PAST_DUE) == money(row["buckets"]["y0_1"])


# --- cases that apply in part --------------------------------------------------------------------------------------


@pytest.mark.parametrize("id_", ["moj13", "moj15"])
def test_cash_nobody_applied_is_unapplied(plain: Callable[[str], Figures], id_: str) -> None:
    """The source applies it by itself; the net is the same."""
    case, figures = CASES[id_], plain(id_)
    invoiced = sum(money(invoice["amount"]) for invoice in case["input"]["invoices"])
    applied = sum(money(each["amount"]) for each in case["expected"]["allocations"])
    assert figures.daily("unapplied_credits") == -applied
    assert figures.daily("closing_balance") == invoiced - applied


def test_what_a_limit_is_compared_with(plain: Callable[[str], Figures]) -> None:
    """oca03: all that is open is under the limit, what is overdue is over its own."""
    limits, figures = CASES["oca03"]["input"], plain("oca03")
    assert limits["overdue_limit"] < figures.daily(*PAST_DUE) == figures.daily("closing_balance")
    assert figures.daily("closing_balance") < limits["total_limit"]


def test_what_a_dunning_run_looks_at(plain: Callable[[str], Figures]) -> None:
    """oca05: on each run the whole invoice is more than 120 days past due."""
    for run in CASES["oca05"]["input"]["runs"]:
        on_run = Figures(plain("oca05").connection, CASES["oca05"], day(run))
        assert on_run.daily("aging_121_plus") == money(CASES["oca05"]["input"]["invoices"][0]["amount"]), run


def test_a_draft_is_nothing_a_source_could_land() -> None:
    """oca01: of its input only drafts and a policy are left."""
    assert CASES["oca01"]["input"].keys() == {"drafts", "policy"}
    assert [table for table, _ in rows_of(CASES["oca01"])] == ["companies", "customers"]


def test_amounts_are_read_or_refused(tmp_path: Path) -> None:
    """moj17: what the source takes for zero, an amount that is not there, is refused here too."""
    case = CASES["moj17"]
    folder = tmp_path / "landing" / "ar" / "invoices"
    folder.mkdir(parents=True)
    with (folder / "amounts.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("invoice_id", "company_id", "customer_id", "invoice_date", "currency_code", "amount"))
        for place, text in enumerate(case["input"]["strings"]):
            writer.writerow((place, "A", "C", "2026-03-02", "GBP", text))
    settings = Settings(landing=tmp_path / "landing", home=tmp_path / "home", max_bad_share=0.5)
    load_landing(settings, lambda line: None)
    with duckdb.connect(settings.landed_file, read_only=True) as connection:
        read = dict(connection.execute(f"select invoice_id, amount from {RAW_SCHEMA}.invoices").fetchall())
        refused = connection.execute(f"select value from {RAW_SCHEMA}.quarantined_rows order by 1").fetchall()
    cents = dict(enumerate(case["expected"]["cents"]))
    assert {int(place): amount * 100 for place, amount in read.items()} == {
        place: amount for place, amount in cents.items() if amount
    }
    assert refused == [("hehe",), (None,)]
