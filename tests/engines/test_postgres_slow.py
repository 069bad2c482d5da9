"""Larger ledgers on both engines: the whole sample, one of IBM's, and random ones; each built at once and added to.

Not here: what a part of the sample shows day by day (test_postgres.py).
"""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from duebook.settings import SAMPLE_AS_OF, SAMPLE_LANDING
from tests.support.borrowed import IBM_LATE_PAYMENTS, needs_borrowed
from tests.support.compiled_models import MID_MONTH, REPORTING_CURRENCY
from tests.support.contract import raw_contract
from tests.support.generators.collections import collections_landings
from tests.support.generators.ledgers import Rows
from tests.support.landing.files import write_csv
from tests.support.landing.two_landings import TwoLandings
from tests.support.publications.postgres_server import new_database
from tests.support.refreshes.second_engine import HomeOnTwoEngines

pytestmark = pytest.mark.slow

LEDGERS = 12


def built_on_both(
    folder: Path, postgres_folder: Path, landings: TwoLandings, currency: str, *, is_tested: bool = True
) -> HomeOnTwoEngines:
    """Build both days on both engines."""
    home = HomeOnTwoEngines(folder, new_database(postgres_folder), currency)
    home.is_tested = is_tested
    for day in (landings.first_day, landings.second_day):
        landings.land(home.landing, day)
        home.refresh(day)
        assert home.compared[day].differ == {}
    return home


def test_the_sample_passes_all_tests_on_postgres_and_is_that_of_duckdb(postgres_folder, tmp_path: Path) -> None:
    home = HomeOnTwoEngines(tmp_path, new_database(postgres_folder))
    home.landing = SAMPLE_LANDING
    home.refresh(SAMPLE_AS_OF)
    assert home.compared[SAMPLE_AS_OF].differ == {}
    home.run_on_postgres(SAMPLE_AS_OF, ["test", "--select", "test_type:unit"])


def test_the_sample_that_takes_in_what_came_since_is_that_of_duckdb(postgres_folder, tmp_path: Path) -> None:
    landings = TwoLandings(SAMPLE_LANDING, date(2025, 12, 31), SAMPLE_AS_OF)
    home = built_on_both(tmp_path, postgres_folder, landings, "EUR")
    assert home.why_full is None
    assert home.compared[SAMPLE_AS_OF].rows["restated_events"] > 0


@needs_borrowed(IBM_LATE_PAYMENTS.place)
def test_a_ledger_of_ibm_is_that_of_duckdb(postgres_folder, tmp_path: Path) -> None:
    as_of = IBM_LATE_PAYMENTS.as_of
    landings = TwoLandings(IBM_LATE_PAYMENTS.landing, as_of - timedelta(days=70), as_of)
    home = built_on_both(tmp_path, postgres_folder, landings, IBM_LATE_PAYMENTS.currency)
    assert home.why_full is None
    assert home.compared[as_of].rows["restated_events"] > 0


@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
@given(landing=collections_landings(MID_MONTH, LEDGERS))
def test_random_ledgers_are_those_of_duckdb(postgres_folder, tmp_path_factory, landing: Rows) -> None:
    folder = tmp_path_factory.mktemp("random")
    for table, rows in landing.items():
        if rows:
            landed = [column.name for column in raw_contract()[table].landed_columns]
            of_the_table = [{name: row.get(name) for name in landed} for row in rows]
            write_csv(folder / "source" / raw_contract()[table].domain / table / "load.csv", of_the_table)
    landings = TwoLandings(folder / "source", MID_MONTH - timedelta(days=40), MID_MONTH)
    # Some of dbt's data tests ask for more than a few days of a business.
    built_on_both(folder, postgres_folder, landings, REPORTING_CURRENCY, is_tested=False)
