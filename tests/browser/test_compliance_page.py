"""The compliance page shows the marts' verdicts, and the contacts behind them."""

import duckdb
import pytest

from dashboard.compliance import FINDINGS, FINDINGS_OF_A_MONTH
from tests.support.dashboard import Dashboard, number, plain

BASES = {"law": "the law", "policy": "policy"}
VERDICTS = ("presumed_violation", "exception", "insufficient_data", "pass", "not_in_scope")
BEHIND = "The contacts behind the findings"


@pytest.mark.parametrize(
    ("address", "scope", "month_end"),
    [
        ("compliance", "portfolio", "2026-06-30"),
        ("compliance?month=2025-12", "portfolio", "2025-12-31"),
        ("compliance?month=2025-10&company=CO02", "company:CO02", "2025-10-31"),
        ("compliance?month=2026-03&company=CO01&segment=retail", "company_segment:CO01|retail", "2026-03-31"),
    ],
)
def test_contacts_are_counted_by_rule_and_verdict_as_in_the_mart(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, address: str, scope: str, month_end: str
) -> None:
    counted = marts.execute(
        "select rule_name, citation, basis, verdict, contacts from marts.contact_compliance_monthly"
        " inner join marts.dim_contact_rules using (rule_id) where scope = ? and month_end = ?",
        [scope, month_end],
    ).fetchall()
    expected: dict[tuple[str, str], dict[str, int]] = {}
    for name, citation, basis, verdict, contacts in counted:
        expected.setdefault((plain(f"{name} {citation}"), BASES[basis]), {})[verdict] = contacts
    dashboard.go(address)
    shown = {(rule, held_to): cells for rule, held_to, *cells in dashboard.rows_of("Contacts by rule and verdict")}
    assert shown == {
        key: [f"{contacts.get(verdict, 0):,}" for verdict in VERDICTS] for key, contacts in expected.items()
    }
    total = sum(contacts for *_, verdict, contacts in counted if verdict == "presumed_violation")
    assert dashboard.titles()[0].startswith(f"{total} presumed violation")


@pytest.mark.parametrize("basis", BASES)
def test_violations_over_time_are_the_marts(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, basis: str) -> None:
    expected = marts.execute(
        "select month_end, rule_name, contacts from marts.contact_compliance_monthly"
        " inner join marts.dim_contact_rules using (rule_id)"
        " where scope = 'portfolio' and basis = ? and verdict = 'presumed_violation'",
        [basis],
    ).fetchall()
    dashboard.go("compliance")
    rows = dashboard.table(f"violations-of-{basis}")
    heads = dashboard.page.locator(f"#violations-of-{basis} thead th").all_inner_texts()[1:]
    shown = {
        (row[0], name): number(cell) for row in rows for name, cell in zip(heads, row[1:], strict=True) if number(cell)
    }
    assert shown == {(f"{month:%B %Y}", name): contacts for month, name, contacts in expected}


@pytest.mark.parametrize("where", [("", "true"), ("&segment=retail", "segment = 'retail'")])
def test_every_presumed_violation_of_a_month_is_listed_with_its_reason(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, where: tuple[str, str]
) -> None:
    query, condition = where
    expected = marts.execute(
        f"""select rule_name, findings.activity_id, findings.reason
        from marts.contact_findings as findings
        inner join marts.contact_compliance as contacts using (activity_id)
        inner join marts.dim_contact_rules using (rule_id)
        inner join marts.dim_customers as customers on findings.customer_id = customers.customer_id
        where verdict = 'presumed_violation' and last_day(occurred_at) = '2026-05-31' and {condition}"""
    ).fetchall()
    dashboard.go(f"compliance?month=2026-05{query}")
    dashboard.page.get_by_role("button", name="Show all").click()
    rows = dashboard.rows_of(BEHIND)
    violations = [row for row in rows if row[1] == "Presumed violation"]
    assert rows[: len(violations)] == violations
    shown = {(row[0].partition(" held to")[0], row[3].split(", ")[1].split()[1], row[4]) for row in violations}
    assert len(expected) > 5
    assert {(rule, contact) for rule, contact, _ in shown} == {(rule, contact) for rule, contact, _ in expected}
    assert all(any(text.startswith(reason) for _, _, text in shown) for _, _, reason in expected)


def test_findings_that_are_not_kept_are_counted(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    by_rule = marts.execute(
        "select count(*) from marts.contact_findings inner join marts.contact_compliance using (activity_id)"
        " where last_day(occurred_at) = '2026-06-30' group by rule_id"
    ).fetchall()
    [(of_all_months,)] = marts.execute("select count(*) from marts.contact_findings").fetchall()
    kept = sum(min(count, FINDINGS_OF_A_MONTH) for (count,) in by_rule)
    dashboard.go("compliance")
    said = plain(dashboard.page.locator("main").inner_text())
    assert f"{kept} of {sum(count for (count,) in by_rule)} findings of the month are kept here" in said
    assert f"The mart contact_findings has all {of_all_months:,} of all months." in said
    assert dashboard.page.evaluate("window.duebookRows.findings.rows.length") == min(FINDINGS, of_all_months)
    assert "It is not legal advice" in said
