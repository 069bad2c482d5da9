"""The marts of contacts, service, costs, concentration and risk held against the naive oracle, on random logs."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreement.comparing import Oracle
from tests.support.agreement.service import MARTS, disagreements
from tests.support.agreement.shrinking import assert_agreement
from tests.support.compiled_models import KNOWN_DAY, MID_MONTH, MONTH_END, CompiledModels, compiled_models
from tests.support.generators.contacts import service_landings
from tests.support.oracle.landing import Landing

LEDGERS = 8


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
        "contact_compliance_by_rule": ("verdict", "case verdict when 'pass' then 'exception' else 'pass' end"),
        "contact_compliance_monthly": ("contacts", "contacts + 1"),
        "service_quality_monthly": ("surveys_sent", "surveys_sent + 1"),
        "credit_losses_monthly": ("top_10_receivables", "top_10_receivables + 0.01"),
        "customer_risk": ("risk_points", "risk_points + 1"),
        "collections_worklist": ("priority", "priority + 1"),
        "open_items": ("next_promise_amount_reporting", "coalesce(next_promise_amount_reporting, 0) + 0.01"),
    }
    with models_of(MID_MONTH).build(landing) as connection:
        for mart, (column, value) in off.items():
            connection.execute(f"update marts.{mart} set {column} = {value}")
        wrong = disagreements(connection, Oracle.of(landing, MID_MONTH))
    assert {(each.mart, each.column) for each in wrong} >= {(mart, column) for mart, (column, _) in off.items()}
