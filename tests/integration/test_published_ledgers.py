"""Worked cases of other projects through the models: open items, buckets, totals, both currencies and both clocks.

Here: what must come of the cases in support/published_ledgers.py, and cases that need a landing of their own. Not here:
formulas (test_published_formulas.py).
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.support.compiled_models import KNOWN_DAY, MID_MONTH, CompiledModels, compiled_models, load_time
from tests.support.contract import raw_contract
from tests.support.documents import (
    FOREIGN,
    Row,
    application,
    document,
    instalment,
    memo,
    memo_application,
    paid,
    rate,
    receipt,
    refund,
)
from tests.support.generators.ledgers import landed_in_order
from tests.support.landing.files import INVOICE, check, write_csv
from tests.support.published_ledgers import (
    BEFORE,
    FIRST,
    LEDGERS,
    PAST_DUE,
    TODAY,
    TOMORROW,
    Figures,
    in_company_of,
    issued,
)


@pytest.fixture(scope="module")
def models() -> CompiledModels:
    return compiled_models(MID_MONTH)


@pytest.fixture(scope="module")
def ledgers(models: CompiledModels) -> Iterator[Callable[[str], Figures]]:
    """The cases, each a company of one landing."""
    rows = [row for id_, case in LEDGERS.items() for row in in_company_of(id_, case.rows)]
    with models.build(landed_in_order(rows, MID_MONTH)) as connection:
        yield lambda id_: Figures(connection, id_, LEDGERS[id_].on)


def those_with(figure: str) -> list[str]:
    """The cases whose sources say something of it."""
    return [id_ for id_, case in LEDGERS.items() if getattr(case, figure) not in (None, {})]


# An empty report is said, too: `items` may be empty.
@pytest.mark.parametrize("id_", [id_ for id_, case in LEDGERS.items() if case.items is not None])
def test_open_items_are_as_published(ledgers: Callable[[str], Figures], id_: str) -> None:
    assert ledgers(id_).items == LEDGERS[id_].items


@pytest.mark.parametrize("id_", those_with("items_tomorrow"))
def test_what_comes_tomorrow_counts_tomorrow(ledgers: Callable[[str], Figures], id_: str) -> None:
    assert ledgers(id_).later().items == LEDGERS[id_].items_tomorrow


@pytest.mark.parametrize("id_", LEDGERS)
def test_totals_are_as_published_and_those_of_the_buckets(ledgers: Callable[[str], Figures], id_: str) -> None:
    case, net, unapplied = LEDGERS[id_], ledgers(id_).daily("closing_balance"), ledgers(id_).daily("unapplied_credits")
    found = {"net": net, "gross": net - unapplied, "unapplied": unapplied}
    assert found == {name: said if (said := getattr(case, name)) is not None else found[name] for name in found}
    assert net == ledgers(id_).daily("aging_current", *PAST_DUE, "aging_no_due_date", "unapplied_credits")


@pytest.mark.parametrize("id_", those_with("instalments"))
def test_instalments_are_as_published(ledgers: Callable[[str], Figures], id_: str) -> None:
    assert ledgers(id_).instalments == LEDGERS[id_].instalments


@pytest.mark.parametrize("id_", those_with("of_invoice"))
def test_what_was_paid_and_credited_is_as_published(ledgers: Callable[[str], Figures], id_: str) -> None:
    said = LEDGERS[id_].of_invoice
    assert {column: ledgers(id_).of_invoice(column) for column in said} == said


@pytest.mark.parametrize("id_", those_with("buckets"))
def test_buckets_come_to_what_is_published(ledgers: Callable[[str], Figures], id_: str) -> None:
    said = LEDGERS[id_].buckets
    assert {columns: ledgers(id_).daily(*columns) for columns in said} == said


@pytest.mark.parametrize("run", [date(2025, 9, 2), date(2026, 1, 2), date(2026, 3, 2)])
def test_each_dunning_run_finds_the_whole_invoice_more_than_120_days_late(
    ledgers: Callable[[str], Figures], run: date
) -> None:
    """oca05: on each of these days the source raises the level by one."""
    assert Figures(ledgers("oca05").connection, "oca05", run).daily("aging_121_plus") == 500


# --- a landing of its own ------------------------------------------------------------------------------------------


def alone(models: CompiledModels, id_: str, on: date, rows: list[Row], *rates: Row) -> Figures:
    """A case in a landing of its own, with the rates it needs."""
    landing = landed_in_order([*in_company_of(id_, rows), *rates], MID_MONTH)
    return Figures(models.build(landing), id_, on)


# gnc01 (Gnucash/gnucash 08bf3ec5, GPL-2.0, reports/standard/test/test-new-owner-report.scm): its balance of each day.
STATEMENT = {
    date(1980, 1, 13): "11.50",
    date(1980, 3, 18): "10",
    date(1980, 3, 20): "8",
    date(1980, 5, 13): "14.75",
    date(1980, 6, 22): "11.75",
    date(1980, 6, 24): "39.75",
    date(1980, 6, 25): "12.75",
    date(1980, 6, 26): "11.75",
    date(1980, 6, 28): "-148.25",
    date(1980, 6, 29): "-28.25",
}
STATEMENT_ROWS = [
    *(issued("6.75", date(1980, 5, 13), key="H"), issued("11.50", date(1980, 1, 13), key="J")),
    *(issued("28", date(1980, 6, 24)), memo("M", "3", date(1980, 6, 22))),
    *(memo("N", "27", date(1980, 6, 25)), memo_application("N", "27", date(1980, 6, 25))),
    *(*paid("1.50", date(1980, 3, 18), "P", "J"), *paid("2", date(1980, 3, 20), "Q", "J")),
    *(*paid("1", date(1980, 6, 26), "R"), receipt("S", "160", date(1980, 6, 28))),
    refund("F", date(1980, 6, 29), "120", receipt_id="S"),
    refund("G", date(1980, 6, 30), "50", receipt_id="S"),
]


def test_a_statement_runs_as_published(models: CompiledModels) -> None:
    """gnc01: the balance after every day of a statement, and the period's debits and credits.

    Its last refund pays out 50 where 40 are left of the payment. The source ends at 21.75; here the refund waits
    (tests/property/test_used_beyond.py).
    """
    figures = alone(models, "gnc01", date(1980, 7, 1), STATEMENT_ROWS)
    for on, balance in {**STATEMENT, date(1980, 6, 30): "-28.25"}.items():
        assert Figures(figures.connection, "gnc01", on).daily("closing_balance") == Decimal(balance), on
    period = "select sum({}) from marts.receivables_daily where company_id = $case and date_day <= $day"
    assert figures.one(period.format("invoiced + refunded"), day=figures.on) == Decimal("216.25") - 50
    assert figures.one(period.format("cash_received + credited"), day=figures.on) == Decimal("194.50")


# The four cases in two currencies are of ERPNext's test_accounts_receivable.py, too (support/published_ledgers.py).
ABROAD = {"currency_code": FOREIGN}


def test_a_new_rate_is_its_own_line(models: CompiledModels) -> None:
    """erp11: 80 becomes 85. A day has one rate here, so the revaluation is the next day's."""
    rates = (rate(TODAY, "80"), rate(TOMORROW, "85"))
    figures = alone(models, "erp11", TODAY, [issued("100", **ABROAD)], *rates)
    assert figures.daily("closing_balance_reporting") == 8000
    assert figures.later().daily("fx_difference") == 500
    assert figures.later().daily("closing_balance_reporting") == 8500


def test_two_currencies_stand_side_by_side(models: CompiledModels) -> None:
    """erp21: each in its own currency, and in the reporting one."""
    rows = [issued("100", BEFORE, **ABROAD), issued("100", key="J")]
    figures = alone(models, "erp21", TODAY, rows, rate(BEFORE, "80"))
    assert figures.items == {"I": 100, "J": 100}
    assert figures.daily("closing_balance_reporting") == 8100


def test_a_payment_at_another_rate_leaves_a_difference_in_base_currency_only(models: CompiledModels) -> None:
    """erp23: 100 invoiced at 80, paid at 75."""
    rows = [issued("100", BEFORE, **ABROAD), *paid("100", TOMORROW, **ABROAD)]
    figures = alone(models, "erp23", TODAY, rows, rate(BEFORE, "80"), rate(TOMORROW, "75"))
    columns = ("closing_balance", "closing_balance_reporting", "fx_difference")
    assert [figures.daily(column) for column in columns] == [100, 8000, 0]
    assert [figures.later().daily(column) for column in columns] == [0, 0, -500]


def test_an_advance_fills_the_earliest_instalment(models: CompiledModels) -> None:
    """erp25: the source spreads this advance evenly, which its other cases don't; the total is the same."""
    rows = [issued("100", **ABROAD), instalment("a", TODAY, "50"), instalment("b", FIRST, "50")]
    figures = alone(models, "erp25", TODAY, [*rows, *paid("50", TODAY, **ABROAD)], rate(TODAY, "80"))
    assert figures.daily("closing_balance_reporting") == 4000
    assert figures.instalments == {FIRST: 50}


# What an invoice of 200 is reduced by, the day that counts from, the day that was recorded, and what is owed on
# 16 February: the finance hub's db/aged_debt_test.go (support/published_ledgers.py).
RECORDED = {
    "moj05a": (document("credit_memos", "D", "1.25", date(2026, 2, 2)), date(2026, 1, 2), "198.75"),
    # A row that doesn't say when it was recorded is known since it was loaded: here the day it took effect.
    "moj05c": (receipt("D", "3", date(2026, 1, 2)), None, "197"),
    "moj05e": (receipt("D", "1.23", date(2026, 1, 2)), date(2026, 2, 23), "200"),
}


@pytest.fixture(scope="module")
def known() -> Iterator[duckdb.DuckDBPyConnection]:
    """These cases, as it was known on 16 February."""
    landed = []
    for id_, ((table, source), recorded, _) in RECORDED.items():
        kind = table.removesuffix("s")
        on, key = source[f"{kind}_date"], {"receipt_id": None, f"{kind}_id": "D"}
        both = {"loaded_at": load_time(on), "recorded_at": recorded and datetime.combine(recorded, time())}
        landed += in_company_of(
            id_,
            [
                issued("200", date(2025, 3, 2), date(2025, 4, 1), loaded_at=load_time(date(2025, 3, 2))),
                *((table, source | both), application(on, source["amount"], **key, **both)),
            ],
        )
    with compiled_models(KNOWN_DAY, KNOWN_DAY).build(landed_in_order(landed, date(2025, 1, 1))) as connection:
        yield connection


@pytest.mark.long
@pytest.mark.parametrize("id_", RECORDED)
def test_only_what_was_known_counts(known: duckdb.DuckDBPyConnection, id_: str) -> None:
    figures = Figures(known, id_, KNOWN_DAY)
    owed = Decimal(RECORDED[id_][-1])
    assert figures.items == {"I": owed}
    assert figures.daily(*PAST_DUE) == owed


# --- what never becomes a balance ----------------------------------------------------------------------------------


def test_a_draft_is_nothing_a_source_could_land() -> None:
    """oca01 (OCA's account_financial_risk) counts drafts as exposure; the contract lands what was issued."""
    [kind] = [column for column in raw_contract()["invoices"].columns if column.name == "invoice_type"]
    assert set(kind.values) == {"invoice", "debit_memo", "finance_charge", "opening_balance"}


def test_amounts_are_read_or_refused(tmp_path: Path) -> None:
    """moj17 (the finance hub's service/process_payments_test.go): it reads nothing as zero; here that is refused."""
    texts = ("500", "500.1", "500.12", "hehe", "")
    checked = check(write_csv(tmp_path / "amounts.csv", [INVOICE | {"amount": text} for text in texts]))
    assert [row["amount"] for row in checked.good] == [500, Decimal("500.1"), Decimal("500.12")]
    assert {place: value for place, (value, _) in checked.problems.items()} == {
        (4, "amount"): "hehe",
        (5, "amount"): None,
    }
