"""The models on a cluster of Spark, by its Thrift server: a worker is lost in each build, and every mart is DuckDB's.

Needs the optional packages of `make install SPARK=1` and Java 17. Not here: what a session of one machine shows, too
(test_spark.py).
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pytest

from duebook.engines import spark
from duebook.engines.engine import EngineError
from tests.support.landing.two_landings import PART_OF_SAMPLE
from tests.support.refreshes.daily import MODELS_AND_SEEDS
from tests.support.refreshes.on_spark import HomeOnSpark
from tests.support.refreshes.spark_cluster import HOST, Loss, SparkCluster, running_cluster

pytestmark = pytest.mark.spark_cluster

FIRST_DAY, SECOND_DAY = PART_OF_SAMPLE.first_day, PART_OF_SAMPLE.second_day
DAYS = (FIRST_DAY, SECOND_DAY)
# What is there when a worker is lost, of about 200 tables: another part of each build.
TABLES_BEFORE = {FIRST_DAY: 60, SECOND_DAY: 110}


@dataclass
class Day:
    """What a day's build left, besides its marts.

    Attributes:
        loss: the worker that was killed.
        states: what the master said of all workers afterwards.
        was_removed: why the driver gave up what ran on the lost one.
        done_by_others: how many tasks the other executors had done in the end.
        built: how many tables there were in the end.
    """

    loss: Loss
    states: dict[str, str]
    was_removed: str
    done_by_others: int
    built: int


@dataclass
class Built:
    """A home of two days, and the cluster it was built on."""

    home: HomeOnSpark
    cluster: SparkCluster
    days: dict[date, Day]


@pytest.fixture(scope="module")
def cluster() -> Iterator[SparkCluster]:
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="module")
def built(cluster: SparkCluster, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Two days of a part of the sample, in each of which a worker is killed; another one takes its place after it."""
    home = HomeOnSpark(tmp_path_factory.mktemp("on a cluster"), url=cluster.url)
    days = {}
    for day in DAYS:
        PART_OF_SAMPLE.land(home.landing, day)
        began = time.time()
        with cluster.losing_a_worker(partial(are_there, home, began, TABLES_BEFORE[day])) as loss:
            home.refresh(day)
        executors = cluster.executors()
        days[day] = Day(
            loss,
            cluster.states(),
            executors[loss.executor].get("removeReason", ""),
            cluster.done_by_others_than(loss.executor, executors),
            tables(home, began),
        )
        cluster.add_worker()
    return Built(home, cluster, days)


def tables(home: HomeOnSpark, began: float) -> int:
    """How many tables a build has written since it began."""
    written = (home.folder / spark.WAREHOUSE).glob("*/*/_SUCCESS")
    return sum(file.stat().st_mtime >= began for file in written)


def are_there(home: HomeOnSpark, began: float, number: int) -> bool:
    """Whether a build has written so many tables."""
    return tables(home, began) >= number


@pytest.mark.parametrize("day", DAYS)
def test_every_mart_is_that_of_duckdb(built: Built, day: date) -> None:
    assert len(built.home.compared[day].rows) > 60
    assert built.home.compared[day].differ == {}


@pytest.mark.parametrize("day", DAYS)
def test_a_worker_was_lost_at_work_and_the_others_went_on(built: Built, day: date) -> None:
    left = built.days[day]
    assert left.loss.active > 0
    assert left.states[left.loss.worker] == "DEAD"
    assert "ALIVE" in left.states.values()
    assert left.was_removed
    assert left.done_by_others > left.loss.done_by_others + 100
    assert left.built > TABLES_BEFORE[day] + 50


def test_what_was_published_before_is_restated(built: Built) -> None:
    rows = built.home.compared[SECOND_DAY].rows
    assert min(rows[mart] for mart in ("restated_events", "kpi_restatements", "kpi_restatement_causes")) > 0


def test_what_figures_depend_on_is_said_to_the_server(built: Built) -> None:
    query = (
        "select cast(1 as decimal(38, 10)) * cast(1.1234567891 as decimal(38, 10)) as product,"
        " current_timezone() as zone, cast('no number' as int) as number"
    )
    names, rows = built.home.engine(SECOND_DAY).first_rows(query, 1)
    assert names == ["product", "zone", "number"]
    assert [(str(product)[:12], zone, number) for product, zone, number in rows] == [("1.1234567891", "UTC", None)]


def test_schemas_of_another_home_are_refused_and_left_as_they_are(built: Built, tmp_path: Path) -> None:
    other = HomeOnSpark(tmp_path, url=built.cluster.url)
    with pytest.raises(EngineError, match=r"has a schema raw in .*/on a cluster\d/.*, which is not this home's"):
        other.engine(SECOND_DAY).begin(everything=True)
    [(customers,)] = built.cluster.read("select count(*) from marts.dim_customers")
    assert customers > 0


def test_a_build_begins_with_none_of_the_last_ones_tables(built: Built) -> None:
    built.home.engine(SECOND_DAY).begin(everything=True)
    assert [schema for schema in spark.SCHEMAS if built.cluster.read(f"show tables in {schema}")] == []


def test_a_session_of_dbts_process_works_on_the_cluster(cluster: SparkCluster, tmp_path: Path, monkeypatch) -> None:
    cluster.add_worker()
    monkeypatch.setenv("DUEBOOK_SPARK_MASTER", cluster.master_url)
    monkeypatch.setenv("SPARK_LOCAL_IP", HOST)
    monkeypatch.setenv("DUEBOOK_SPARK_MEMORY", "1g")
    home = HomeOnSpark(tmp_path)
    PART_OF_SAMPLE.land(home.landing, FIRST_DAY)
    home.load(FIRST_DAY)
    home.run_on_spark(FIRST_DAY, [*MODELS_AND_SEEDS, "--select", "+dim_customers"])
    [session] = cluster.master()["completedapps"]
    assert session["state"] == "FINISHED"
    with duckdb.connect(home.settings(FIRST_DAY).landed_file, read_only=True) as landed:
        customers = landed.execute("select distinct customer_id from raw.customers").fetchall()
        files = home.folder / spark.WAREHOUSE / "marts.db" / "dim_customers"
        built = landed.execute("select customer_id from read_parquet(?)", [f"{files}/*.parquet"]).fetchall()
    assert sorted(built) == sorted(customers)
