"""A month once reported stays reported: what is frozen, what becomes another figure later, and what made it so.

A small landing is loaded, built and published by the refresh's own parts, day after day. Each kind of change is landed
once or twice, in months of their own and with amounts of their own, so that a figure tells whose it is.
"""

from datetime import date, datetime
from typing import Any

import pytest

from tests.support.compiled_models import run_dbt
from tests.support.refreshes.reporting_home import Home, invoice

pytestmark = pytest.mark.long

# May is closed on 5 June: the first day is one too early to freeze it.
FIRST, SECOND = date(2026, 6, 4), date(2026, 6, 5)
AFTERWARDS = datetime(2026, 6, 5, 9)
REPORTED = "from reported_kpis_monthly order by all"
EVENTS = "from restated_events order by all"
DATA_TESTS = [
    "restatement_causes_add_up_to_the_differences",
    "what_was_reported_stays_reported",
    "key_of_restated_events_detected_at__event_id__entry",
    "restatements_are_of_months_frozen_before",
]


def receipt(**more: Any) -> dict[str, Any]:
    return {
        "receipt_id": "PAID", "company_id": "K", "customer_id": "C1", "receipt_date": "2025-08-03",
        "currency_code": "EUR", "amount": "5000.00", "recorded_at": "2025-08-03T08:00:00", **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, list[tuple[Any, ...]]]]:
    """A home whose first publication was followed by every kind of change; returns what each publication reported."""
    home = Home(tmp_path_factory.mktemp("restated"))
    home.land("ar/customers", {"customer_id": "C1", "segment": "retail"})
    first = [invoice(f"I{month}", f"2025-{month:02d}-10", "100000.00") for month in range(1, 13)]
    amended = invoice("AMENDED", "2025-06-10", "20000.00")
    deleted = invoice("DELETED", "2025-07-10", "3000.00")
    home.land("ar/invoices", *first, amended, deleted, invoice("MAY", "2026-05-10", "100000.00"))
    home.land("payments/receipts", receipt())
    home.refresh(FIRST)
    reported = {"first": home.read(REPORTED)}

    home.land(
        "ar/invoices",
        invoice("BACKDATED", "2025-05-10", "10.00", AFTERWARDS),
        invoice("LATE", "2025-09-10", "400.00", "2025-10-05T23:00:00"),
        invoice("TOO-LATE", "2025-10-10", "1.00", "2025-11-06T01:00:00"),
        {**amended, "amount": "20000.50", "updated_at": AFTERWARDS, "recorded_at": AFTERWARDS},
        {**deleted, "is_deleted": "true", "updated_at": AFTERWARDS, "recorded_at": AFTERWARDS},
    )
    home.land("payments/receipts", receipt(reversed_date="2025-11-15", updated_at=AFTERWARDS, recorded_at=AFTERWARDS))
    home.refresh(SECOND)
    reported["second"] = home.read(REPORTED)
    reported["events"] = home.read(EVENTS)
    return home, reported


def test_changes_are_found_where_only_what_has_changed_is_compared(restated) -> None:
    home, _ = restated
    assert home.why_full is None


def test_a_month_is_frozen_five_days_after_its_end_and_not_before(restated) -> None:
    _, reported = restated
    assert max(row[0] for row in reported["first"]) == date(2026, 4, 30)
    assert max(row[0] for row in reported["second"]) == date(2026, 5, 31)


def test_what_was_frozen_stays_as_it_was(restated) -> None:
    _, reported = restated
    assert [row for row in reported["second"] if row[0] < date(2026, 5, 31)] == reported["first"]


def test_each_change_has_its_kind_its_item_and_its_amount(restated) -> None:
    home, _ = restated
    assert home.read(
        "select kind, item_id, month_end::varchar, sum(amount)::double from restated_events group by all order by all"
    ) == [
        ("amended", "AMENDED", "2025-06-30", 0.5),
        ("backdated", "BACKDATED", "2025-05-31", 10.0),
        ("backdated", "TOO-LATE", "2025-10-31", 1.0),
        ("deleted", "DELETED", "2025-07-31", -3000.0),
        ("late_posting", "LATE", "2025-09-30", 400.0),
        ("reversed", "PAID", "2025-11-30", 5000.0),
    ]


def test_a_month_backdated_a_year_later_names_the_invoice(restated) -> None:
    home, _ = restated
    [(reported, today, cause)] = home.read(
        "select reported_numerator, restated_numerator, cause from kpi_restatements"
        " where month_end = '2025-05-31' and scope = 'portfolio' and kpi_id = 'dso'"
    )
    assert today - reported == pytest.approx(10 * 31)
    assert cause == "backdated: invoice BACKDATED (+10.00 EUR)"


def test_months_before_a_change_are_not_restated(restated) -> None:
    home, _ = restated
    assert home.read("select min(month_end) from kpi_restatements") == [(date(2025, 5, 31),)]


def test_a_month_frozen_with_the_changes_in_it_is_not_restated(restated) -> None:
    home, _ = restated
    assert home.read("select max(month_end) from kpi_restatements") == [(date(2026, 4, 30),)]


@pytest.mark.parametrize("scope", ["portfolio", "company:K", "segment:retail", "company_segment:K|retail"])
def test_kinds_add_up_to_the_cent_and_leave_nothing_to_other_where_sums_of_amounts_make_the_kpi(
    restated, scope
) -> None:
    home, _ = restated
    rows = home.read(
        "select kpi_id, month_end, any_value(kpis.numerator_difference), any_value(kpis.denominator_difference),"
        " sum(causes.numerator_difference), sum(causes.denominator_difference), bool_or(kind = 'other')"
        " from kpi_restatements as kpis inner join kpi_restatement_causes as causes using (month_end, scope, kpi_id)"
        f" where scope = '{scope}' and kpi_id in ('dso', 'dso_3m', 'dso_12m', 'dso_average', 'dso_gross',"
        " 'best_possible_dso', 'average_days_delinquent', 'cei', 'cei_3m', 'cei_cash_only', 'collection_rate',"
        " 'delinquency_rate_amount', 'serious_delinquency_rate', 'current_share') group by all"
    )
    assert {kpi for kpi, *_ in rows} >= {"dso", "dso_12m", "cei_3m", "delinquency_rate_amount"}
    for kpi, month, numerator, denominator, of_kinds, under_kinds, has_other in rows:
        assert of_kinds == pytest.approx(numerator, abs=0.005), (kpi, month)
        assert under_kinds == pytest.approx(denominator, abs=0.005), (kpi, month)
        assert not has_other, (kpi, month)


def test_what_a_kind_did_to_a_month_is_what_was_changed_by_then(restated) -> None:
    home, _ = restated
    assert home.read(
        "select kind, numerator_difference, changes from kpi_restatement_causes"
        " where month_end = '2025-12-31' and scope = 'portfolio' and kpi_id = 'dso_gross' order by kind"
    ) == [
        ("amended", 0.5 * 31, 2),
        ("backdated", 11.0 * 31, 2),
        ("deleted", -3000.0 * 31, 1),
        ("late_posting", 400.0 * 31, 1),
    ]


@pytest.mark.slow
def test_the_projects_own_tests_of_restatements_pass_here(restated) -> None:
    home, _ = restated
    run_dbt(home.settings(SECOND), ["test", "--select", *DATA_TESTS], home.target)


@pytest.mark.slow
def test_a_replay_adds_nothing(restated) -> None:
    home, reported = restated
    home.refresh(SECOND)
    assert home.read(EVENTS) == reported["events"]
    assert home.read(REPORTED) == reported["second"]


@pytest.mark.slow
def test_a_refresh_that_publishes_nothing_leaves_its_news_to_the_next(restated) -> None:
    home, reported = restated
    taken_back = {**invoice("BACKDATED", "2025-05-10", "10.00"), "is_deleted": "true", "updated_at": "2026-06-06T09:00"}
    home.land("ar/invoices", taken_back)
    home.build(SECOND)
    assert home.read(EVENTS) == reported["events"]
    home.refresh(SECOND)
    assert home.read(EVENTS)[: len(reported["events"])] == reported["events"]
    assert home.read("select kind from restated_events where item_id = 'BACKDATED' order by detected_at") == [
        ("backdated",),
        ("deleted",),
    ]
    assert home.read("select count(*) from kpi_restatements where month_end = '2025-05-31'") == [(0,)]
