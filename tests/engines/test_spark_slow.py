"""What takes long on Spark: every test of data and models, and larger ledgers, built at once and with what came since.

Needs what test_spark.py needs, which has a part of the sample.
"""

from pathlib import Path

import pytest
from hypothesis import given

from tests.support.borrowed import IBM_LATE_PAYMENTS, needs_borrowed
from tests.support.generators.ledgers import Rows
from tests.support.landing.two_landings import PART_OF_SAMPLE
from tests.support.refreshes.larger_ledgers import (
    OF_IBM,
    RANDOM_CURRENCY,
    build_both_days,
    few,
    landed_in_two,
    random_landings,
)
from tests.support.refreshes.on_spark import HomeOnSpark

pytestmark = [pytest.mark.spark, pytest.mark.slow]


def test_every_test_of_data_and_models_holds_on_spark(tmp_path: Path) -> None:
    home = HomeOnSpark(tmp_path)
    PART_OF_SAMPLE.land(home.landing, PART_OF_SAMPLE.first_day)
    home.load(PART_OF_SAMPLE.first_day)
    # dbt asks tables that are there for their columns.
    home.run_on_spark(PART_OF_SAMPLE.first_day, ["build"])
    results = home.results().items()
    for kind, at_least in (("unit_test.", 350), ("test.", 300)):
        statuses = [status for name, status in results if name.startswith(kind)]
        assert len(statuses) > at_least
        assert set(statuses) == {"pass"}


@needs_borrowed(IBM_LATE_PAYMENTS.place)
def test_a_ledger_of_ibm_is_that_of_duckdb(tmp_path: Path) -> None:
    home = HomeOnSpark(tmp_path, IBM_LATE_PAYMENTS.currency)
    day = build_both_days(home, OF_IBM)
    assert home.compared[day].rows["restated_events"] > 0


@few(1)
@given(landing=random_landings())
def test_a_random_ledger_is_that_of_duckdb(tmp_path_factory, landing: Rows) -> None:
    folder = tmp_path_factory.mktemp("random")
    build_both_days(HomeOnSpark(folder, RANDOM_CURRENCY), landed_in_two(landing, folder / "source"))
