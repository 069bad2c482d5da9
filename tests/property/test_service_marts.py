"""The marts of contacts, service, costs, concentration and risk held against the naive oracle, on random logs.

Here: which figures are compared, and what of the seeds the oracle is told. Not here: comparing itself
(support/agreement) and either computation.
"""

from datetime import date
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreement.comparing import ITEM_KEY, LEVEL_KEY, Disagreement, Oracle, compare
from tests.support.agreement.shrinking import assert_agreement
from tests.support.compiled_models import KNOWN_DAY, MID_MONTH, MONTH_END, CompiledModels, compiled_models, mart_rows
from tests.support.debt_tolerances import OF_RANDOM_LEDGERS, declared, with_tolerances
from tests.support.generators.contacts import service_landings
from tests.support.oracle import compliance, concentration, items, monthly, risk, service
from tests.support.oracle.absent import known
from tests.support.oracle.landing import Landing

LEDGERS = 8
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
    customers = risk.customer_risk(facts, ledger, rates, *risk_rules(connection), declared(connection))
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


def models_of(as_of: date, known_as_of: date | None = None) -> CompiledModels:
    return compiled_models(as_of, known_as_of).of(MARTS)


def has_much_to_say(landing: Landing) -> bool:
    """Not one of the nearly empty landings that are tried, too."""
    return min(len(landing["invoices"]), len(landing["activities"]), len(landing["surveys"])) >= LEDGERS // 2


@pytest.mark.parametrize("as_of", [MONTH_END, pytest.param(MID_MONTH, marks=pytest.mark.long)], ids=str)
@settings(max_examples=1, derandomize=True)
@given(data=st.data())
def test_every_figure_is_the_oracles(as_of: date, data: st.DataObject) -> None:
    landing = data.draw(service_landings(as_of, LEDGERS).filter(has_much_to_say))
    assert_agreement(models_of(as_of), landing, comparing=disagreements)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=60)
@given(data=st.data())
def test_every_figure_is_the_oracles_on_a_thousand_logs(as_of: date, data: st.DataObject) -> None:
    landing = data.draw(service_landings(as_of, LEDGERS))
    assert_agreement(models_of(as_of), landing, comparing=disagreements)


@pytest.mark.parametrize("as_of", [MONTH_END, pytest.param(MID_MONTH, marks=pytest.mark.slow)], ids=str)
@settings(max_examples=1, derandomize=True)
@given(data=st.data())
def test_every_figure_is_the_oracles_where_rests_are_no_debts(as_of: date, data: st.DataObject) -> None:
    landing = data.draw(service_landings(as_of, LEDGERS).filter(has_much_to_say))
    assert_agreement(with_tolerances(models_of(as_of), OF_RANDOM_LEDGERS), landing, comparing=disagreements)


@pytest.mark.slow
@settings(max_examples=10)
@given(landing=service_landings(KNOWN_DAY, LEDGERS))
def test_only_what_was_known_counts(landing: Landing) -> None:
    assert_agreement(models_of(KNOWN_DAY, KNOWN_DAY), landing, KNOWN_DAY, comparing=disagreements)


@pytest.mark.long
@settings(max_examples=1, derandomize=True)
@given(landing=service_landings(MID_MONTH, LEDGERS).filter(has_much_to_say))
def test_one_figure_that_is_off_is_noticed(landing: Landing) -> None:
    """The test of the tests above: a verdict, a count, a share and a rank are not what they should be."""
    off = {
        "contact_compliance": ("call_frequency", "case call_frequency when 'pass' then 'exception' else 'pass' end"),
        "contact_compliance_monthly": ("contacts", "contacts + 1"),
        "service_quality_monthly": ("surveys_sent", "surveys_sent + 1"),
        "credit_losses_monthly": ("top_10_receivables", "top_10_receivables + 0.01"),
        "customer_risk": ("risk_points", "risk_points + 1"),
        "collections_worklist": ("priority", "priority + 1"),
        "open_items": ("next_promise_amount_reporting", "coalesce(next_promise_amount_reporting, 0) + 0.01"),
    }
    # Verdicts are held as their view shows them.
    shown_as = {("contact_compliance", "call_frequency"): ("contact_compliance_by_rule", "verdict")}
    with models_of(MID_MONTH).build(landing) as connection:
        for mart, (column, value) in off.items():
            connection.execute(f"update marts.{mart} set {column} = {value}")
        wrong = disagreements(connection, Oracle.of(landing, MID_MONTH))
    places = {(mart, column) for mart, (column, _) in off.items()}
    assert {(each.mart, each.column) for each in wrong} >= {shown_as.get(place, place) for place in places}
