"""The models on Spark, in a session of this machine: every mart is DuckDB's.

Needs the optional packages of `make install SPARK=1` and Java 17. Not here: marts that are right (DuckDB's are tested),
tests of data and models on Spark, and larger ledgers (test_spark_slow.py).
"""

import pytest

from duebook.engines import spark
from tests.support.landing.two_landings import PART_OF_SAMPLE
from tests.support.refreshes.on_spark import BUCKETS, HomeOnSpark

pytestmark = pytest.mark.spark

FIRST_DAY, SECOND_DAY = PART_OF_SAMPLE.first_day, PART_OF_SAMPLE.second_day


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> HomeOnSpark:
    """Two days of a part of the sample; the second one adds late, amended and deleted rows."""
    home = HomeOnSpark(tmp_path_factory.mktemp("on spark"))
    PART_OF_SAMPLE.land(home.landing, FIRST_DAY)
    home.refresh(FIRST_DAY)
    PART_OF_SAMPLE.land(home.landing, SECOND_DAY)
    home.refresh(SECOND_DAY)
    return home


def test_the_second_day_adds_to_the_first_in_folders_of_items_and_of_runs(built: HomeOnSpark) -> None:
    assert built.why_full is None
    kept = {folder.relative_to(built.folder / spark.WAREHOUSE) for folder in built.folder.rglob("kept_in=*")}
    of_runs = {folder.name for folder in kept if folder.parts[-2] == "int_movement_increments"}
    assert len(of_runs) == 2
    of_items = {folder.name for folder in kept if folder.parts[-2] == "fct_receivables_ledger"}
    assert of_items == {f"kept_in={bucket}" for bucket in range(BUCKETS)}


@pytest.mark.parametrize("day", [FIRST_DAY, SECOND_DAY])
def test_every_mart_is_that_of_duckdb(built: HomeOnSpark, day) -> None:
    assert len(built.compared[day].rows) > 60
    assert built.compared[day].differ == {}


def test_what_was_published_before_is_restated(built: HomeOnSpark) -> None:
    rows = built.compared[SECOND_DAY].rows
    assert min(rows[mart] for mart in ("restated_events", "kpi_restatements", "kpi_restatement_causes")) > 0


def test_a_second_day_writes_again_only_what_the_loader_keeps_in_tables(built: HomeOnSpark) -> None:
    landed_file = built.settings(SECOND_DAY).landed_file
    assert spark.write_raw(landed_file, built.folder) == ["audit_events", "check_results", "refreshes"]
