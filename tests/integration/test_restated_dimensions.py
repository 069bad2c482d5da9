"""A month once reported, and who and what its figures were of is gone or changed since: a customer, a company, a clerk.

Each situation has a company and segments of its own, so that a figure tells whose it is. Not here: documents that
change (test_restatements.py).
"""

import re
from datetime import date, datetime

import pytest

from tests.support.compiled_models import run_dbt
from tests.support.refreshes.reporting_home import Home, invoice

pytestmark = pytest.mark.long

# March is frozen on the first day. Customers and companies go on the second, on the third they and others change.
FIRST, SECOND, THIRD = date(2025, 4, 10), date(2025, 4, 20), date(2025, 4, 21)
MARCH = "month_end = '2025-03-31'"
DATA_TESTS = [
    "restatement_causes_add_up_to_the_differences",
    "what_was_reported_stays_reported",
    "key_of_int_restated_items_detected_at__month_end__scope__kind__item_type__item_id__currency_code__particulars",
    "key_of_int_restatement_changes_company_id__currency_code__kind__frozen_before__month_end__segment",
]


def of_day(day: date, **row: str) -> dict[str, str]:
    """A row as it was recorded on a day."""
    at = f"{datetime(day.year, day.month, day.day, 9):%Y-%m-%dT%H:%M:%S}"
    return {"updated_at": at, "recorded_at": at, "is_deleted": "false", **row}


def bought(
    name: str, company: str, customer: str, amount: str, due: str, recorded: str = "2025-03-05T08:00:00"
) -> dict:
    """An invoice of 5 March."""
    of = {"company_id": company, "customer_id": customer, "due_date": due}
    return invoice(name, "2025-03-05", amount, recorded) | of


def customer(name: str, segment: str, day: date = FIRST, is_deleted: str = "false") -> dict[str, str]:
    return of_day(day, customer_id=name, segment=segment, is_deleted=is_deleted)


def employee(name: str, day: date = FIRST, is_deleted: str = "false") -> dict[str, str]:
    of = {"employee_id": name, "valid_from": "2025-01-01", "team": "north", "role": "collector", "fte": "1"}
    return of_day(day, **of, is_deleted=is_deleted)


def assignment(of: str, to: str, day: date = FIRST, is_deleted: str = "false") -> dict[str, str]:
    return of_day(day, customer_id=of, employee_id=to, valid_from="2025-01-01", is_deleted=is_deleted)


def instalment(name: str, amount: str, due: str, day: date = FIRST, is_deleted: str = "false") -> dict[str, str]:
    of = {"instalment_id": name, "invoice_id": "PLANNED", "amount": amount, "due_date": due}
    return of_day(day, **of, is_deleted=is_deleted)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with all the situations, refreshed on three days."""
    home = Home(tmp_path_factory.mktemp("dimensions"))
    companies = [
        of_day(FIRST, company_id=name, currency_code="EUR") for name in ("MERGED", "DELETED", "CLOSED", "MOVED", "KEPT")
    ]
    home.land("ar/companies", *companies)
    home.land(
        "ar/customers",
        customer("KEEP", "m_retail"), customer("DOUBLE", "m_trade"),
        customer("GONE", "d_retail"), customer("STAYS", "d_retail"), customer("X", "x_retail"),
        customer("S", "s_retail"), customer("T", "s_retail"), customer("K", "k_retail"),
    )  # fmt: skip
    home.land(
        "ar/invoices",
        bought("I1", "MERGED", "KEEP", "3100.00", "2025-03-31"),
        bought("I2", "MERGED", "DOUBLE", "1000.00", "2025-03-20"),
        bought("WAITS", "DELETED", "GONE", "500.00", "2025-03-20"),
        bought("OPEN", "DELETED", "STAYS", "700.00", "2025-03-20"),
        bought("CLOSED", "CLOSED", "X", "40.00", "2025-03-20"),
        bought("S1", "MOVED", "S", "800.00", "2025-03-20"),
        bought("T1", "MOVED", "T", "900.00", "2025-04-20"),
        bought("DUE", "KEPT", "K", "60.00", "2025-03-20"),
        bought("PLANNED", "KEPT", "K", "90.00", "2025-05-20"),
        invoice("FEBRUARY", "2025-02-05", "7.00") | {"company_id": "KEPT", "customer_id": "K"},
    )
    home.land("ar/instalments", instalment("N1", "45.00", "2025-03-20"), instalment("N2", "45.00", "2025-05-20"))
    home.land("collections/employees", employee("LEFT"), employee("RIGHT"))
    home.land("collections/assignments", assignment("S", "LEFT"), assignment("T", "RIGHT"), assignment("K", "RIGHT"))
    home.refresh(FIRST)

    home.land("ar/invoices", bought("I2", "MERGED", "KEEP", "1000.00", "2025-03-20", "2025-04-15T09:00:00"))
    home.land("ar/customers", *(customer(name, "", SECOND, "true") for name in ("DOUBLE", "GONE")))
    home.land("ar/companies", of_day(SECOND, company_id="CLOSED", is_deleted="true"))
    home.refresh(SECOND)

    home.land("ar/customers", customer("S", "s_trade", THIRD))
    # It was recorded on the very day the first version was, so it corrects that and extends nothing.
    home.land("ar/invoices", bought("DUE", "KEPT", "K", "60.00", "2025-04-20", "2025-03-05T09:00:00"))
    home.land("ar/instalments", instalment("N2", "45.00", "2025-05-20", THIRD, "true"))
    home.land("collections/employees", employee("LEFT", THIRD, "true"))
    home.land("collections/assignments", assignment("K", "RIGHT", THIRD, "true"))
    home.land("ar/adjustments", {"adjustment_id": "A1", "invoice_id": "FEBRUARY", "adjustment_type": "write_off",
                                 "adjustment_date": "2025-04-20", "amount": "-1.00"})  # fmt: skip
    home.refresh(THIRD)
    return home


def restated(home: Home, scope: str, kpi_id: str, month: str = MARCH) -> list[tuple]:
    """Reported value, today's, the reason there is none, and the cause."""
    return home.read(
        "select reported_value, restated_value, restated_reason, cause from kpi_restatements"
        f" where {month} and scope = '{scope}' and kpi_id = '{kpi_id}'"
    )


def test_a_merged_customer_s_invoices_are_the_other_s(changed: Home) -> None:
    assert changed.read("select customer_id, open_balance from fct_invoices where invoice_id = 'I2'") == [
        ("KEEP", 1000)
    ]


def test_amounts_of_a_company_whose_customers_are_merged_stay_as_reported(changed: Home) -> None:
    # All that is restated of it counts accounts: two are one, which is past due, and has all that is owed.
    counting = {"delinquency_rate_accounts", "concentration_index"}
    rows = changed.read(f"select kpi_id, cause from kpi_restatements where {MARCH} and scope = 'company:MERGED'")
    assert {kpi_id for kpi_id, _ in rows} == counting
    assert all(cause.endswith("amended: invoice I2 customer from DOUBLE to KEEP") for _, cause in rows)
    reported = "select value from {} where month_end = '2025-03-31' and scope = 'company:MERGED' and kpi_id = 'dso'"
    # 4100 / 4100 x 31
    assert changed.read(reported.format("reported_kpis_monthly")) == [(31.0,)]
    assert changed.read(reported.format("scorecard_monthly")) == [(31.0,)]


def test_segments_of_merged_customers_are_restated_and_one_that_is_empty_is_no_level_any_more(changed: Home) -> None:
    to_keep = "amended: invoice I2 customer from DOUBLE to KEEP"
    # 0 / 3100, then 1000 / 4100
    assert restated(changed, "segment:m_retail", "delinquency_rate_amount") == [
        (0.0, pytest.approx(1000 / 4100), None, f"{to_keep} (+1000.00 EUR)")
    ]
    assert changed.read(
        "select reported_numerator, restated_numerator from kpi_restatements"
        f" where {MARCH} and scope = 'segment:m_retail' and kpi_id = 'dso'"
    ) == [(3100 * 31, 4100 * 31)]
    assert restated(changed, "segment:m_trade", "dso") == [(31.0, None, "no_such_level", f"{to_keep} (-1000.00 EUR)")]


def test_documents_of_a_deleted_customer_wait_and_the_figures_that_fall_say_so(changed: Home) -> None:
    assert changed.read(
        "select reported_numerator, restated_numerator, cause from kpi_restatements"
        f" where {MARCH} and scope = 'company:DELETED' and kpi_id = 'dso_gross'"
    ) == [(1200 * 31, 700 * 31, "waiting: invoice WAITS waits for customer GONE (-500.00 EUR)")]
    assert changed.read("select kind, segment, amount from restated_events where item_id = 'WAITS'") == [
        ("waiting", "d_retail", -500)
    ]


def test_documents_of_a_deleted_company_wait_and_it_is_no_level_any_more(changed: Home) -> None:
    waits = "waiting: invoice CLOSED waits for company CLOSED (-40.00 EUR)"
    for scope in ("company:CLOSED", "segment:x_retail", "company_segment:CLOSED|x_retail"):
        assert restated(changed, scope, "dso") == [(31.0, None, "no_such_level", waits)]


def test_a_customer_in_another_segment_restates_both_and_neither_company_nor_portfolio(changed: Home) -> None:
    assert restated(changed, "segment:s_retail", "delinquency_rate_amount") == [
        (pytest.approx(800 / 1700), 0.0, None, "segment: customer S from s_retail to s_trade (-800.00 EUR)")
    ]
    assert restated(changed, "segment:s_trade", "delinquency_rate_amount") == [
        (None, 1.0, None, "segment: customer S from s_retail to s_trade (+800.00 EUR)")
    ]
    assert changed.read(f"select * from kpi_restatements where {MARCH} and scope = 'company:MOVED'") == []
    assert changed.read(
        "select kind, entry, segment, amount, what_changed from restated_events where item_id = 'S1' order by entry"
    ) == [
        ("segment", "after", "s_trade", 800, "from s_retail to s_trade"),
        ("segment", "before", "s_retail", -800, "from s_retail to s_trade"),
    ]


def test_a_corrected_due_date_is_named_and_no_amount_of_nothing(changed: Home) -> None:
    [(_, _, _, cause)] = restated(changed, "company:KEPT", "delinquency_rate_amount")
    assert "invoice DUE due date from 2025-03-20 to 2025-04-20" in cause


def test_clerks_that_are_gone_are_no_level_any_more(changed: Home) -> None:
    assert restated(changed, "employee:LEFT", "accounts_per_employee") == [
        (1.0, None, "no_such_level", "other: there is no such level any more")
    ]
    [(reported, today, _, cause)] = restated(changed, "employee:RIGHT", "accounts_per_employee")
    assert (reported, today) == (2.0, 1.0)
    assert cause == "other: rates, staff, definitions, or what is no sum of amounts"


def test_a_month_that_nothing_touched_is_not_restated_by_the_first_row_of_a_table(changed: Home) -> None:
    # February had no receivables at its start: what was written off of them was no data, and is nothing now.
    written_off = "month_end = '2025-02-28' and scope = 'portfolio' and kpi_id = 'write_off_rate'"
    assert changed.read(f"select reason from reported_kpis_monthly where {written_off}") == [("no_data",)]
    assert changed.read(f"select reason from scorecard_monthly where {written_off}") == [("no_receivables",)]
    # Nor is an amount of nothing written off, where nothing was known of it, another figure than was reported.
    # Segments came and went, and clerks of the portfolio did: that is told of all months.
    of_documents = "month_end = '2025-02-28' and level not in ('portfolio', 'team', 'employee')"
    stayed = "coalesce(reported_reason, '') <> 'no_such_level' and coalesce(restated_reason, '') <> 'no_such_level'"
    assert changed.read(f"select * from kpi_restatements where {of_documents} and {stayed}") == []
    assert changed.read("select * from kpi_restatements where reported_value is null and restated_value is null") == []


def test_every_restated_figure_has_a_cause_and_none_of_nothing(changed: Home) -> None:
    rows = changed.read("select distinct cause from kpi_restatements")
    assert rows
    assert [cause for (cause,) in rows if re.search(r"^$|[+-]0\.0+ |: *(;|$)", cause)] == []
    of_nothing = "numerator_difference = 0 and denominator_difference = 0"
    assert changed.read(f"select * from kpi_restatement_causes where {of_nothing}") == []


@pytest.mark.slow
def test_the_projects_own_tests_of_restatements_pass_here(changed: Home) -> None:
    run_dbt(changed.settings(THIRD), ["test", "--select", *DATA_TESTS], changed.target)


@pytest.mark.slow
def test_what_was_taken_in_is_what_is_built_anew(changed: Home) -> None:
    assert changed.why_full is None
    changed.build(THIRD)
    assert changed.marts() == changed.build_anew(THIRD)
