"""The asset graph as Dagster loads it: whole, described, owned, and on time."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from duebook.contract import read_contract
from duebook.publication.targets import Target
from duebook.settings import MARTS_SCHEMA, PERSONAL_SCHEMA, RAW_SCHEMA, Settings
from orchestration.defs.partitions import business_days
from orchestration.defs.resources import NO_LONGER_RUNNING, close_dead_runs
from orchestration.defs.schedules import morning_schedule
from orchestration.defs.sensors import arrivals_sensor

PUBLISHED = dg.AssetKey(["published", "duebook"])


@pytest.fixture(scope="module")
def definitions():
    from orchestration.definitions import defs

    return defs()


@pytest.fixture(scope="module")
def project():
    """The dbt project as assets and checks."""
    from orchestration.build import read_graph

    return read_graph(Settings())


@pytest.fixture(scope="module")
def graph(definitions):
    return definitions.resolve_asset_graph()


def upstream_of(graph, key):
    """Every asset a given one is made from, in any number of steps."""
    found, todo = set(), [key]
    while todo:
        for parent in graph.get(todo.pop()).parent_keys - found:
            found.add(parent)
            todo.append(parent)
    return found


def test_the_publication_is_made_from_every_folder_of_the_landing(graph):
    folders = {dg.AssetKey(["landing", table.domain, table.name]) for table in read_contract().tables}
    assert folders <= upstream_of(graph, PUBLISHED)


def test_every_mart_is_published_and_made_from_raw_tables_or_reference_data(graph):
    marts = {key for key in graph.get_all_asset_keys() if key.path[0] == MARTS_SCHEMA}
    assert marts
    assert marts <= upstream_of(graph, PUBLISHED)
    for mart in marts:
        assert {key.path[0] for key in upstream_of(graph, mart)} & {RAW_SCHEMA, "reference"}, mart


def test_every_asset_says_what_it_is_and_who_answers_for_it(graph):
    assert not [node.key for node in graph.asset_nodes if not node.description]
    assert not [node.key for node in graph.asset_nodes if not node.owners]


def test_every_mart_shows_its_columns_and_has_a_freshness_policy(graph):
    for node in graph.asset_nodes:
        if node.key.path[0] == MARTS_SCHEMA:
            assert node.metadata["dagster/column_schema"].columns, node.key
            assert node.freshness_policy, node.key


def test_everything_made_is_made_by_business_day_in_a_single_run_and_one_at_a_time(graph):
    for node in graph.asset_nodes:
        if not node.is_external:
            assert node.partitions_def == business_days(Settings()), node.key
            assert node.backfill_policy == dg.BackfillPolicy.single_run(), node.key
            assert node.pools == {"duckdb"}, node.key


def test_both_gates_block(graph):
    gates = [key for key in graph.asset_check_keys if key.name in ("arrivals", "hand_over")]
    assert {key.asset_key.path[0] for key in gates} == {RAW_SCHEMA, MARTS_SCHEMA}
    assert all(graph.get(key).blocking for key in gates)


def test_every_dbt_test_of_a_mart_is_a_check_of_it_and_no_other_is_one(graph, project):
    manifest = project.manifest
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test" and node["attached_node"]]
    rooms = {node["name"]: manifest["nodes"][node["attached_node"]]["schema"] for node in tests}
    of_marts = {name for name, schema in rooms.items() if schema in (MARTS_SCHEMA, PERSONAL_SCHEMA)}
    checks = {key.name for key in graph.asset_check_keys if key.name in rooms}
    assert len(of_marts) > 50
    assert len(of_marts) < len(rooms)
    assert checks == of_marts


def test_every_table_dbt_makes_is_of_one_asset_and_nothing_else_is(project):
    members = sorted(unique_id for made in project.members.values() for unique_id in made)
    kinds = {name: node["config"]["materialized"] for name, node in project.manifest["nodes"].items()}
    tables = [
        name for name, kind in kinds.items() if kind in ("replaced_table", "replaced_view", "incremental", "seed")
    ]
    assert members == sorted(tables)
    assert len(project.members) < len(members) / 2


def test_some_assets_are_made_by_the_names_of_their_tables(project):
    marts = {dg.AssetKey(["marts", "dim_dates"])}
    checks = {check.key for check in project.check_of.values() if check.asset_key in marts}
    select, names, how, cautious = project.selection(marts, checks)
    assert (select, how, cautious) == ("--select", "--indirect-selection", "cautious")
    assert "fqn:duebook.marts.core.dim_dates" in names.split()
    assert len(names.split()) == 1 + len(checks) > 1


def test_the_job_makes_everything_in_one_process(definitions, graph):
    job = definitions.resolve_job_def("daily_refresh")
    assert job.asset_layer.executable_asset_keys == {node.key for node in graph.asset_nodes if not node.is_external}
    assert job.executor_def.name == "in_process"


@pytest.mark.parametrize(
    ("zone", "tick", "business_day"),
    [
        ("UTC", "2026-07-01T06:00:00+00:00", "2026-06-30"),
        # Six in the morning in Auckland is still the day before in London: the day that is over is the local one.
        ("Pacific/Auckland", "2026-06-30T18:00:00+00:00", "2026-06-30"),
        ("America/Los_Angeles", "2026-07-01T13:00:00+00:00", "2026-06-30"),
    ],
)
def test_every_morning_is_for_the_day_that_is_over_where_the_schedule_lives(zone, tick, business_day):
    every_morning = morning_schedule(Settings(schedule_time_zone=zone))
    context = dg.build_schedule_context(scheduled_execution_time=datetime.fromisoformat(tick))
    assert every_morning(context).partition_key == business_day


def test_the_schedule_is_at_six(definitions):
    schedule = definitions.resolve_schedule_def("every_morning")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 6 * * *", "UTC")


def test_yesterday_and_today_are_business_days():
    today, days = datetime.now(UTC).date(), business_days(Settings())
    assert days.has_partition_key(today.isoformat())
    assert days.has_partition_key((today - timedelta(days=1)).isoformat())
    assert not days.has_partition_key((today + timedelta(days=1)).isoformat())


class Landing:
    """A landing and the looks a sensor takes at it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "ar" / "invoices"
        self.folder.mkdir(parents=True)
        self._cursor: str | None = None
        self._sensor = arrivals_sensor(Settings(landing=folder))

    def land(self, name: str, content: str = "invoice_id\n") -> None:
        (self.folder / name).write_text(content)

    def look(self) -> list[str]:
        """Evaluate the sensor once; returns the business days it asks for."""
        context = dg.build_sensor_context(cursor=self._cursor)
        result = self._sensor(context)
        if isinstance(result, dg.SkipReason):
            self._cursor = context.cursor
            return []
        self._cursor = result.cursor
        return [request.partition_key for request in result.run_requests]


@pytest.fixture
def landing(tmp_path):
    landing = Landing(tmp_path)
    landing.land("a.csv")
    return landing


YESTERDAY = [(datetime.now(UTC).date() - timedelta(days=1)).isoformat()]


def test_new_files_are_refreshed_once_when_they_stand_still(landing):
    assert [landing.look() for _ in range(4)] == [[], YESTERDAY, [], []]


def test_files_still_arriving_are_waited_for(landing):
    landing.look()
    landing.land("b.csv")
    assert [landing.look() for _ in range(3)] == [[], YESTERDAY, []]


def test_a_changed_file_is_a_new_file(landing):
    for _ in range(2):
        landing.look()
    landing.land("a.csv", "invoice_id\nI1\n")
    assert [landing.look() for _ in range(2)] == [[], YESTERDAY]


def test_runs_that_were_killed_are_closed_and_give_their_place_in_the_pool_back(tmp_path):
    @dg.job
    def anything():
        pass

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.event_log_storage.set_concurrency_slots("duckdb", 1)
        dead, alive = (instance.create_run_for_job(anything, status=dg.DagsterRunStatus.STARTED) for _ in range(2))
        instance.event_log_storage.claim_concurrency_slot("duckdb", dead.run_id, "load")
        close_dead_runs(instance, alive.run_id)
        assert instance.get_run_by_id(dead.run_id).status == dg.DagsterRunStatus.FAILURE
        assert instance.get_run_by_id(alive.run_id).status == dg.DagsterRunStatus.STARTED
        assert [entry for entry in instance.all_logs(dead.run_id) if NO_LONGER_RUNNING in entry.message]
        assert instance.event_log_storage.get_concurrency_info("duckdb").active_slot_count == 0


LOOK = (
    "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); sys.stdin.read()"
)


def test_a_warehouse_somebody_looks_into_is_tried_again_later(tmp_path):
    from orchestration.defs.models import make_ready

    file = tmp_path / "marts.duckdb"
    duckdb.connect(file).close()
    target = Target(date(2026, 6, 30), file, tmp_path, tmp_path / "published.duckdb", is_past=False)
    with subprocess.Popen(
        [sys.executable, "-c", LOOK, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as looking:
        assert looking.stdout.readline() == "open\n"
        with pytest.raises(dg.RetryRequested):
            make_ready(dg.build_asset_context(), target.warehouse_file)
        looking.stdin.close()
