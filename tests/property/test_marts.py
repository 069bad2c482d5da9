"""The marts held against the naive oracle on random ledgers: every row, every figure.

The default run tries tens of ledgers, the slow one (`make test-slow`) thousands.
"""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreement.shrinking import assert_agreement
from tests.support.compiled_models import KNOWN_DAY, MID_MONTH, MONTH_END, compile_models, compiled_models
from tests.support.debt_tolerances import OF_RANDOM_LEDGERS, with_tolerances
from tests.support.generators.ledgers import landings
from tests.support.oracle.landing import Landing

LEDGERS = 20


@settings(max_examples=3, derandomize=True)
@given(landing=landings(MONTH_END, LEDGERS))
def test_every_figure_is_the_oracles(landing: Landing) -> None:
    assert_agreement(compiled_models(MONTH_END), landing)


@pytest.mark.long
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=5, derandomize=True)
@given(data=st.data())
def test_every_figure_is_the_oracles_on_a_hundred_ledgers(as_of: date, data: st.DataObject) -> None:
    assert_agreement(compiled_models(as_of), data.draw(landings(as_of, LEDGERS)))


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=75)
@given(data=st.data())
def test_every_figure_is_the_oracles_on_thousands_of_ledgers(as_of: date, data: st.DataObject) -> None:
    assert_agreement(compiled_models(as_of), data.draw(landings(as_of, LEDGERS)))


@settings(max_examples=3, derandomize=True)
@given(landing=landings(MONTH_END, LEDGERS))
def test_every_figure_is_the_oracles_where_rests_are_no_debts(landing: Landing) -> None:
    """Counts leave rests out; balances, aging and every KPI of amounts are what they are without a tolerance."""
    assert_agreement(with_tolerances(compiled_models(MONTH_END), OF_RANDOM_LEDGERS), landing)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=40)
@given(data=st.data())
def test_every_figure_is_the_oracles_on_hundreds_of_ledgers_with_rests(as_of: date, data: st.DataObject) -> None:
    models = with_tolerances(compiled_models(as_of), OF_RANDOM_LEDGERS)
    assert_agreement(models, data.draw(landings(as_of, LEDGERS)))


@pytest.mark.long
@settings(max_examples=5, derandomize=True)
@given(landing=landings(KNOWN_DAY, LEDGERS))
def test_only_what_was_known_counts(landing: Landing) -> None:
    """Some rows, some versions and some tombstones were recorded after the day."""
    assert_agreement(compiled_models(KNOWN_DAY, KNOWN_DAY), landing, KNOWN_DAY)


@pytest.mark.slow
def test_models_compiled_for_one_day_and_given_another_are_those_compiled_for_it(tmp_path: Path) -> None:
    compile_models(KNOWN_DAY, KNOWN_DAY, tmp_path / "manifest.json")
    nodes = json.loads((tmp_path / "manifest.json").read_text())["nodes"]
    given = compiled_models(KNOWN_DAY, KNOWN_DAY)
    statements = {
        f"create table {node['relation_name']} as {node['compiled_code']}"
        for node in nodes.values()
        if node["resource_type"] == "model"
    }
    assert len(given.statements) > 100
    assert set(given.statements) <= statements
