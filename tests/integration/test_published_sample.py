"""What readers find in the published sample: a value for every KPI, and contacts under the law with every verdict.

Not here: how it was refreshed (test_refresh.py), formulas (test_published_formulas.py).
"""

import duckdb

VERDICTS = {"pass", "presumed_violation", "exception", "not_in_scope", "insufficient_data"}


def test_every_registered_kpi_has_a_value_in_the_last_complete_month(first):
    """But the error of forecasts: the first publication of a home has frozen its forecasts and scored none."""
    settings, _, _ = first
    with duckdb.connect(settings.published_file, read_only=True) as published:
        without = published.execute(
            """
            with last_month as (select max(month_end) as month_end from marts.scorecard_monthly where is_complete)

            select kpi_id from marts.dim_kpis
            except
            select kpi_id from marts.scorecard_monthly
            inner join last_month using (month_end)
            where level = 'portfolio' and isfinite(value)
            """
        ).fetchall()
    assert without == [("forecast_error",)]


def test_contacts_under_the_law_have_every_verdict_and_are_consumers(first):
    settings, _, _ = first
    with duckdb.connect(settings.published_file, read_only=True) as published:
        verdicts = published.execute("select distinct basis, verdict from marts.contact_compliance_by_rule").fetchall()
        businesses = published.execute(
            "select count(*) from marts.contact_compliance_by_rule inner join marts.dim_customers using (customer_id)"
            " where basis = 'law' and not is_consumer"
        ).fetchone()
        broken = published.execute(
            "select distinct rule_id from marts.contact_compliance_by_rule"
            " where basis = 'law' and verdict = 'presumed_violation'"
        ).fetchall()
        rules = published.execute("select distinct rule_id from marts.contact_compliance_by_rule").fetchall()
    assert {verdict for basis, verdict in verdicts if basis == "law"} == VERDICTS
    assert {verdict for basis, verdict in verdicts if basis == "policy"} == VERDICTS
    assert businesses == (0,)
    assert sorted(broken) == sorted(rules), "each rule is broken by somebody"
