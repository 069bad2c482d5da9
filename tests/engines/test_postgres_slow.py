"""Larger ledgers on both engines: the whole sample, one of IBM's, and random ones; each built at once and added to.

Not here: what a part of the sample shows day by day (test_postgres.py), the same ledgers on Spark (test_spark_slow.py).
"""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given

from duebook.settings import SAMPLE_AS_OF, SAMPLE_LANDING
from tests.support.borrowed import IBM_LATE_PAYMENTS, needs_borrowed
from tests.support.generators.ledgers import Rows
from tests.support.landing.two_landings import TwoLandings
from tests.support.publications.postgres_server import new_database
from tests.support.refreshes.larger_ledgers import (
    OF_IBM,
    RANDOM_CURRENCY,
    build_both_days,
    few,
    landed_in_two,
    random_landings,
)
from tests.support.refreshes.second_engine import HomeOnTwoEngines

pytestmark = pytest.mark.slow


def test_the_sample_passes_all_tests_on_postgres_and_is_that_of_duckdb(postgres_folder, tmp_path: Path) -> None:
    home = HomeOnTwoEngines(tmp_path, new_database(postgres_folder))
    home.landing = SAMPLE_LANDING
    home.refresh(SAMPLE_AS_OF)
    assert home.compared[SAMPLE_AS_OF].differ == {}
    home.run_on_postgres(SAMPLE_AS_OF, ["test", "--select", "test_type:unit"])


def test_the_sample_that_takes_in_what_came_since_is_that_of_duckdb(postgres_folder, tmp_path: Path) -> None:
    home = HomeOnTwoEngines(tmp_path, new_database(postgres_folder))
    day = build_both_days(home, TwoLandings(SAMPLE_LANDING, date(2025, 12, 31), SAMPLE_AS_OF))
    assert home.why_full is None
    assert home.compared[day].rows["restated_events"] > 0


@needs_borrowed(IBM_LATE_PAYMENTS.place)
def test_a_ledger_of_ibm_is_that_of_duckdb(postgres_folder, tmp_path: Path) -> None:
    home = HomeOnTwoEngines(tmp_path, new_database(postgres_folder), IBM_LATE_PAYMENTS.currency)
    day = build_both_days(home, OF_IBM)
    assert home.why_full is None
    assert home.compared[day].rows["restated_events"] > 0


@few(2)
@given(landing=random_landings())
def test_random_ledgers_are_those_of_duckdb(postgres_folder, tmp_path_factory, landing: Rows) -> None:
    folder = tmp_path_factory.mktemp("random")
    home = HomeOnTwoEngines(folder, new_database(postgres_folder), RANDOM_CURRENCY)
    # Some of dbt's data tests ask for more than a few days of a business.
    home.is_tested = False
    build_both_days(home, landed_in_two(landing, folder / "source"))
