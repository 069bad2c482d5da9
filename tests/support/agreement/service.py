"""The marts of contacts, service, concentration, costs and risk held against the oracle.

Here: which figures are compared, and what of the seeds the oracle is told. Not here: comparing itself (comparing.py)
and either computation.
"""

from fractions import Fraction

import duckdb

from tests.support.agreement.comparing import ITEM_KEY, LEVEL_KEY, Disagreement, Oracle, compare
from tests.support.compiled_models import mart_rows
from tests.support.oracle import compliance, concentration, items, monthly, risk, service
from tests.support.oracle.absent import known

COMPLIANCE_KEY = ("rule_id", "activity_id")
COMPLIANCE_MONTHLY_KEY = ("month_end", "level", "company_id", "segment", "rule_id", "basis", "verdict")
CUSTOMER_KEY = ("customer_id",)
MARTS = (
    "contact_compliance_by_rule",
    "contact_compliance_monthly",
    "service_quality_monthly",
    "credit_losses_monthly",
    "customer_risk",
    "collections_worklist",
    "open_items",
)
SERVICE_KEY = ("month_end", "level", "segment")


def right_party(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Outcomes that reached the person."""
    found = connection.execute("select outcome from reference.activity_outcomes where is_right_party").fetchall()
    return {outcome for (outcome,) in found}


def risk_rules(connection: duckdb.DuckDBPyConnection) -> tuple[list[risk.Rule], list[risk.Tier]]:
    """The flags and tiers as shipped: they are the reader's to edit."""
    rules = connection.execute("select flag_id, feature, threshold, points from reference.risk_rules").fetchall()
    tiers = connection.execute("select risk_tier, min_points, loss_probability from reference.risk_tiers").fetchall()
    return (
        [risk.Rule(flag_id, feature, float(threshold), points) for flag_id, feature, threshold, points in rules],
        [risk.Tier(tier, points, Fraction(loss)) for tier, points, loss in tiers],
    )


def disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    """Every figure that is not the oracle's."""
    facts, ledger, rates = oracle.facts, oracle.ledger, oracle.rates
    log = compliance.Log(facts, ledger, right_party(connection))
    customers = risk.customer_risk(facts, ledger, rates, *risk_rules(connection))
    by_segment = {
        (month, level, segment): row
        for (month, level, _, segment), row in service.service_quality_monthly(facts, ledger).items()
    }
    expected = {
        "contact_compliance_by_rule": (
            COMPLIANCE_KEY,
            compliance.contact_compliance_by_rule(log),
        ),
        "contact_compliance_monthly": (COMPLIANCE_MONTHLY_KEY, compliance.contact_compliance_monthly(log)),
        "service_quality_monthly": (SERVICE_KEY, by_segment),
        "credit_losses_monthly": (
            LEVEL_KEY,
            concentration.concentration_monthly(facts, rates, monthly.all_levels(ledger, rates)),
        ),
        "customer_risk": (CUSTOMER_KEY, customers),
        "collections_worklist": (CUSTOMER_KEY, risk.collections_worklist(log, rates, customers)),
        "open_items": (ITEM_KEY, items.open_items_of(facts, ledger, rates)),
    }
    wrong: list[Disagreement] = []
    for mart, (key, rows) in expected.items():
        wrong += compare(mart, known(mart, rows, oracle.landed), mart_rows(connection, mart, key))
    return wrong
