"""Figures on screen are the marts': each is read off the page and held against the published file."""

from decimal import Decimal

import duckdb
import pytest

from tests.support.dashboard import NO_VALUE, SIGNS, Dashboard, number, plain

# How far a figure on screen may be from the mart's: half of its last digit. Shares are shown in percent.
SHOWN = {"fraction": (100, 0.0501), "index": (1, 0.000501), "promises per call": (1, 0.000501)}
TILES = {
    "overview": (
        "dso", "best_possible_dso", "average_days_delinquent", "cei", "delinquency_rate_amount", "bad_debt_to_sales",
        "collection_rate",
    ),
    "receivables": ("delinquency_rate_amount", "serious_delinquency_rate", "cei", "collection_rate"),
    "team": (
        "accounts_per_employee", "right_party_contact_rate", "call_to_promise_ratio", "promise_kept_rate",
        "workload_max_to_mean", "workload_gini",
    ),
}  # fmt: skip
VIEWS = {
    "": ("portfolio", "2026-06-30"),
    "month=2025-07": ("portfolio", "2025-07-31"),
    "month=2024-06": ("portfolio", "2024-06-30"),
    "company=CO02": ("company:CO02", "2026-06-30"),
    "segment=retail": ("segment:retail", "2026-06-30"),
    "company=CO01&segment=unassigned&month=2026-01": ("company_segment:CO01|unassigned", "2026-01-31"),
}
TEAM_VIEWS = {"": ("portfolio", "2026-06-30"), "team=CO02-1&month=2026-02": ("team:CO02-1", "2026-02-28")}


def scorecard(marts: duckdb.DuckDBPyConnection, scope: str, month_end: str, kpi_id: str) -> dict:
    rows = marts.execute(
        "select * from marts.scorecard_monthly where scope = ? and month_end = ? and kpi_id = ?",
        [scope, month_end, kpi_id],
    )
    columns = [column for column, *_ in rows.description]
    [row] = rows.fetchall()
    return dict(zip(columns, row, strict=True))


def assert_shows(text: str, value: float | None, unit: str) -> None:
    factor, tolerance = SHOWN.get(unit, (1, 0.0501))
    assert number(text) == (None if value is None else pytest.approx(value * factor, abs=tolerance)), text


def cases() -> list[tuple[str, str, str, str]]:
    return [
        (f"{page}?{query}".rstrip("?"), *of, kpi_id)
        for page, kpi_ids in TILES.items()
        for query, of in (TEAM_VIEWS if page == "team" else VIEWS).items()
        for kpi_id in kpi_ids
    ]


@pytest.mark.parametrize("address", sorted({case[0] for case in cases()}))
def test_tiles_show_the_scorecard(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, address: str) -> None:
    dashboard.go(address)
    for _, scope, month_end, kpi_id in [case for case in cases() if case[0] == address]:
        row = scorecard(marts, scope, month_end, kpi_id)
        assert_shows(dashboard.value(kpi_id), row["value"], row["unit"])
        tile = dashboard.page.locator(f".tile[data-kpi={kpi_id}]")
        if row["value"] is None or not tile.count():
            continue
        for since, before in (("month", row["previous_value"]), ("year", row["year_ago_value"])):
            line = tile.locator(f"li[data-since={since}]")
            assert line.count() == (before is not None)
            if before is not None:
                assert_shows(line.locator(".change").inner_text(), row["value"] - before, row["unit"])
        for bar in ("target", "benchmark"):
            line = tile.locator(f"li.{bar}")
            assert line.count() == (row[bar] is not None)
            if row[bar] is not None:
                assert_shows(line.inner_text().partition(bar)[2], float(row[bar]), row["unit"])
                day = row[f"{bar}_date"]
                assert line.get_attribute("title") == f"{row[f'{bar}_source']}, {day.day} {day:%B %Y}"


def test_a_missing_value_says_why_in_words(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    row = scorecard(marts, "portfolio", "2024-06-30", "dso")
    assert (row["value"], row["reason"]) == (None, "no_sales")
    dashboard.go("overview?month=2024-06")
    assert dashboard.value("dso") == NO_VALUE
    assert "No net credit sales in the period." in dashboard.tile("dso")


def test_every_reason_has_words(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    reasons = marts.execute("select distinct reason from marts.scorecard_monthly where reason is not null").fetchall()
    words = dashboard.page.evaluate("duebook.data.reasons")
    assert {reason for (reason,) in reasons} <= set(words)


def test_names_of_kpis_are_the_registry_s(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    names = dict(marts.execute("select kpi_id, kpi_name from marts.dim_kpis").fetchall())
    dashboard.go("overview")
    shown = {
        tile.get_attribute("data-kpi"): plain(tile.locator("h3").inner_text())
        for tile in dashboard.page.locator(".tile").all()
    }
    assert len(shown) == 6
    assert shown == {kpi_id: names[kpi_id] for kpi_id in shown}


@pytest.mark.parametrize(
    ("address", "scope"),
    [("receivables", "portfolio"), ("receivables?company=CO01&segment=retail", "company_segment:CO01|retail")],
)
def test_aging_is_the_delinquency_marts(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, address: str, scope: str
) -> None:
    buckets = marts.execute("select bucket_id from marts.dim_aging_buckets order by position, bucket_id").fetchall()
    expected = marts.execute(
        f"select {', '.join(f'aging_{bucket}' for (bucket,) in buckets)} from marts.delinquency_monthly"
        " where scope = ? order by month_end desc",
        [scope],
    ).fetchall()
    dashboard.go(address)
    shown = [[number(cell) for cell in row[1:]] for row in dashboard.table("aging-over-time")]
    assert shown == [[pytest.approx(float(amount), abs=0.501) for amount in row] for row in expected]


@pytest.mark.parametrize(
    "address", ["receivables", "receivables?company=CO02&month=2025-11", "receivables?segment=wholesale"]
)
def test_the_roll_forward_leads_from_balance_to_balance(dashboard: Dashboard, address: str) -> None:
    dashboard.go(address)
    amounts = {
        name: Decimal(amount.removeprefix("EUR ").translate(SIGNS)) for name, amount in dashboard.table("roll-forward")
    }
    steps = [amount for name, amount in amounts.items() if name not in ("Opening", "Closing")]
    assert len(steps) > 5
    # Each of up to a dozen steps is shown to the cent.
    assert abs(amounts["Opening"] + sum(steps) - amounts["Closing"]) <= Decimal("0.06")


def test_balances_of_the_roll_forward_are_the_dso_marts(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    [(opening, closing)] = marts.execute(
        "select opening_receivables, receivables from marts.dso_monthly"
        " where scope = 'company:CO02' and month_end = '2026-03-31'"
    ).fetchall()
    dashboard.go("receivables?company=CO02&month=2026-03")
    amounts = dict(dashboard.table("roll-forward"))
    assert (amounts["Opening"], amounts["Closing"]) == (f"EUR {opening:,.2f}", f"EUR {closing:,.2f}")


@pytest.mark.parametrize(
    ("address", "scope"),
    [("receivables?month=2026-05", "portfolio"), ("receivables?company=CO02&month=2026-05", "company:CO02")],
)
def test_roll_rates_are_the_marts(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, address: str, scope: str
) -> None:
    labels = dict(marts.execute("select bucket_id, label from marts.dim_aging_buckets").fetchall())
    expected = {
        (labels[bucket], labels.get(state, plain(state.replace("_", " ").capitalize()))): rate
        for bucket, state, rate in marts.execute(
            "select from_bucket, to_state, roll_rate from marts.roll_rates_monthly"
            " where scope = ? and month_end = '2026-05-31' and balance_from > 0",
            [scope],
        ).fetchall()
    }
    dashboard.go(address)
    rows = dashboard.table("roll-rates")
    states = [plain(name) for name in dashboard.page.locator("#roll-rates thead th").all_inner_texts()][2:]
    shown = {(row[0], state): number(cell) for row in rows for state, cell in zip(states, row[2:], strict=True) if cell}
    assert shown == {key: pytest.approx(rate * 100, abs=0.0501) for key, rate in expected.items()}


def test_roll_rates_over_all_companies_are_made_from_their_sums(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection
) -> None:
    [(rolled,)] = marts.execute(
        "select 100.0 * sum(balance_to) filter (to_state = '31_60') / sum(balance_from) filter (to_state = 'paid')"
        " from marts.roll_rates_monthly where level = 'company' and from_bucket = '1_30' and month_end = '2026-06-30'"
    ).fetchall()
    dashboard.go("receivables")
    rows = {row[0]: row[2:] for row in dashboard.table("roll-rates")}
    states = [plain(name) for name in dashboard.page.locator("#roll-rates thead th").all_inner_texts()][2:]
    late = rows["1-30 days"]
    assert number(late[states.index("31-60 days")]) == pytest.approx(float(rolled), abs=0.0501)
    assert sum(number(cell) for cell in late if cell) == pytest.approx(100, abs=0.3)


@pytest.mark.parametrize("segment", [None, "services"])
def test_the_worklist_is_the_mart_s_in_its_order(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, segment: str | None
) -> None:
    expected = marts.execute(
        "select expected_priority, customer_name, expected_loss, priority, money_at_risk, past_due_receivables,"
        " oldest_past_due_days, early_warning, why_expected"
        " from marts.collections_worklist inner join marts.dim_customers using (customer_id)"
        " where $1 is null or collections_worklist.segment = $1 order by expected_priority",
        [segment],
    ).fetchall()
    dashboard.go(f"customers?segment={segment}" if segment else "customers")
    dashboard.page.get_by_role("button", name="Show all").click()
    rows = dashboard.rows_of("Worklist")
    assert [int(row[0]) for row in rows] == [row[0] for row in expected]
    for shown, (_, name, *figures, warning, why) in zip(rows, expected, strict=True):
        assert shown[1].startswith(name)
        assert [number(cell.removeprefix("EUR ")) for cell in shown[2:7]] == [
            pytest.approx(float(figure), abs=0.501) for figure in figures
        ]
        said = f"Early warning: {warning} {why.removesuffix(f'; {warning}')}" if warning else why
        assert shown[8].startswith(said)


def test_the_first_to_contact_is_named_with_what_is_expected_to_be_lost(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection
) -> None:
    [(name, loss)] = marts.execute(
        "select customer_name, expected_loss from marts.collections_worklist"
        " inner join marts.dim_customers using (customer_id) where expected_priority = 1"
    ).fetchall()
    dashboard.go("customers")
    assert dashboard.titles()[0].startswith(f"Contact {name} first: EUR {loss:,.0f} expected to be lost, the oldest ")


def test_risk_tiers_add_up_to_the_customers(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    expected = marts.execute(
        "select risk_tier, count(*), sum(past_due_receivables) from marts.customer_risk where segment = 'retail'"
        " group by risk_tier order by max(loss_probability)"
    ).fetchall()
    dashboard.go("customers?segment=retail")
    shown = [[row[0], number(row[1]), number(row[3])] for row in dashboard.table("risk-tiers")]
    assert shown == [[tier, customers, pytest.approx(float(late), abs=0.501)] for tier, customers, late in expected]


def test_the_largest_customers_are_those_who_owe_most(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    expected = marts.execute(
        "select customer_name || ' (' || customer_id || ')', receivables from marts.customer_risk"
        " inner join marts.dim_customers using (customer_id) order by receivables desc limit 15"
    ).fetchall()
    dashboard.go("customers")
    shown = [[row[0], number(row[3])] for row in dashboard.table("largest-customers")]
    assert shown == [[name, pytest.approx(float(owed), abs=0.501)] for name, owed in expected]


def test_the_workload_is_that_of_a_team_s_people(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    expected = marts.execute(
        "select employee_id, active_accounts from marts.accounts_per_employee_monthly as people"
        " where level = 'employee' and month_end = '2026-06-30' and employee_id in"
        " (select employee_id from marts.dim_employees where team = 'CO01-1')"
    ).fetchall()
    dashboard.go("team?team=CO01-1")
    shown = [[row[0].split()[0], number(row[2])] for row in dashboard.table("workload")]
    assert sorted(shown) == sorted(map(list, expected))


@pytest.mark.parametrize(("address", "scope"), [("team", "portfolio"), ("team?team=CO01-1", "team:CO01-1")])
def test_the_mean_of_the_workload_is_the_marts(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, address: str, scope: str
) -> None:
    [(mean, times_the_mean, heads)] = marts.execute(
        "select workload_mean, workload_max_to_mean, headcount from marts.accounts_per_employee_monthly"
        " where scope = ? and month_end = '2026-06-30'",
        [scope],
    ).fetchall()
    dashboard.go(address)
    said = plain(dashboard.page.locator("#workload figcaption").inner_text())
    assert f"{times_the_mean:.1f} times the mean" in said
    assert f"the mean of {heads} employees in a credit and collection role, {mean:.1f}." in said


def test_calls_are_counted_as_in_the_mart(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    expected = marts.execute(
        "select outbound_calls, right_party_contacts from marts.collection_effort_monthly"
        " where scope = 'team:CO02-1' order by month_end desc"
    ).fetchall()
    dashboard.go("team?team=CO02-1")
    shown = [(number(row[1]), number(row[2])) for row in dashboard.table("effort") if row[1] != NO_VALUE]
    assert shown == expected


def test_checks_and_tie_out_are_counted_as_in_the_marts(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    [(checks,)] = marts.execute("select count(*) from marts.data_quality_results").fetchall()
    [(balances,)] = marts.execute("select count(*) from marts.control_account_tie_out").fetchall()
    dashboard.go("quality")
    titles = dashboard.titles()
    assert f"All {checks:,} checks passed" in titles
    assert f"The ledger ties out to all {balances:,} control balances" in titles
    assert "No row waits in quarantine" in titles
    assert "Columns and words are as agreed" in titles
