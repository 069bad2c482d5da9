"""On random ledgers: contributions add up to their KPI, and causes to its change, as the project's own data tests say.

Each data test named here is also shown a figure, or a target, that it has to find.

Not here: what a contribution or a cause is (the models' unit tests), the command that prints them
(tests/integration/test_explain.py).
"""

from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_models import MID_MONTH, MONTH_END, CompiledModels, compiled_models
from tests.support.generators.collections import collections_landings
from tests.support.generators.ledgers import landings
from tests.support.oracle.landing import Landing

MARTS = (
    *("kpi_contributions_monthly", "kpi_changes_monthly", "active_accounts_monthly", "scorecard_monthly", "dim_kpis"),
    *("dim_months", "customer_measures_monthly", "open_item_balances_monthly", "open_item_measures_monthly"),
    *("account_measures_monthly", "dso_countback_months"),
)
DATA_TESTS = (
    "contributions_add_up_to_the_kpis",
    "parts_add_up_to_their_levels",
    "countback_months_add_up_to_countback_dso",
    "sums_of_columns_are_what_they_say",
    "accounts_add_up_to_the_kpis",
    "changes_begin_and_end_at_the_kpis",
    "causes_of_receivables_are_the_roll_forward_s",
    "key_and_rules_of_kpi_changes_monthly",
    "every_target_is_of_a_level_the_kpi_has",
)
LEDGERS = 8


def broken(models: CompiledModels, connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    """The rows each data test finds wrong, of those that find any."""
    return {name: rows for name in DATA_TESTS if (rows := models.failures(connection, name))}


@settings(max_examples=2, derandomize=True)
@given(landing=collections_landings(MID_MONTH, LEDGERS))
def test_contributions_and_causes_add_up(landing: Landing) -> None:
    models = compiled_models(MID_MONTH).of(MARTS)
    with models.build(landing) as connection:
        assert broken(models, connection) == {}


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=60)
@given(data=st.data())
def test_contributions_and_causes_add_up_on_a_thousand_ledgers(as_of: date, data: st.DataObject) -> None:
    models = compiled_models(as_of).of(MARTS)
    with models.build(data.draw(collections_landings(as_of, LEDGERS))) as connection:
        assert broken(models, connection) == {}


# A wrong figure each, and the data test that has to find it.
SPOILT = {
    "contributions_add_up_to_the_kpis": "update marts.kpi_contributions_monthly set receivables = receivables + 0.01",
    "parts_add_up_to_their_levels": "update marts.fct_receivables_ledger set amount = amount + 0.01",
    "countback_months_add_up_to_countback_dso": "update marts.dso_monthly set receivables = receivables + 100000",
    "sums_of_columns_are_what_they_say": "update marts.cei_monthly set collectible_3m = collectible_3m + 0.01",
    "accounts_add_up_to_the_kpis": "delete from marts.active_accounts_monthly where customer_id = (select min("
    "customer_id) from marts.active_accounts_monthly)",
    "changes_begin_and_end_at_the_kpis": "update marts.kpi_changes_monthly set previous_value = previous_value + 1e-6",
    "causes_of_receivables_are_the_roll_forward_s": "delete from intermediate.int_measure_causes"
    " where cause = 'new_sales'",
    "key_and_rules_of_kpi_changes_monthly": "update marts.kpi_changes_monthly set lateness = lateness + 1e-6",
    "every_target_is_of_a_level_the_kpi_has": "insert into reference.kpi_targets"
    " values ('cei', 'team', '2024-07-01', 80, 'the board')",
}


@settings(max_examples=1, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_what_does_not_add_up_is_noticed(landing: Landing) -> None:
    """The test of the tests above."""
    models = compiled_models(MID_MONTH).of(MARTS)
    with models.build(landing) as connection:
        assert broken(models, connection) == {}
        for name, spoil in SPOILT.items():
            connection.execute("begin")
            connection.execute(spoil)
            assert models.failures(connection, name) != [], name
            connection.execute("rollback")


def test_every_data_test_is_itself_tested() -> None:
    assert list(SPOILT) == list(DATA_TESTS)
