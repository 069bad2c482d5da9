"""What needs many refreshes to be seen: kills at any moment, a reader through a row of publications, a backfill."""

import os
import random
import subprocess
import sys
from datetime import timedelta

import duckdb
import pytest
from psycopg import IsolationLevel

from duebook.settings import PROJECT_ROOT, SAMPLE_AS_OF, Settings
from tests.support.publications.postgres_server import MAY_READ
from tests.support.refreshes.read_in_a_loop import state
from tests.support.refreshes.running import marts, reading_in_a_loop, refresh, refresh_under_way, wait_for

pytestmark = pytest.mark.slow

KILLS = 12
PUBLICATIONS = 10
# Figures that are the same to the last digit in DuckDB and in Postgres.
EXACT = (
    "select count(*), count(value), max(month_end) from marts.scorecard_monthly",
    "select count(*), sum(amount) from marts.fct_receivables_ledger",
    "select count(*), sum(open_balance), sum(days_past_due) from marts.fct_invoices",
    "select count(*), max(as_of_date) from marts.collections_worklist",
)

BACKFILL = """
import sys
import dagster as dg
from duebook.home import prepare_home
from duebook.settings import Settings
prepare_home(Settings())
from orchestration.definitions import defs
job = defs().resolve_job_def("daily_refresh")
first, last = sys.argv[1:]
tags = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
with dg.DagsterInstance.get() as instance:
    result = job.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
    print(len(instance.get_runs()), "run")
sys.exit(0 if result.success else 1)
"""


def test_refreshes_killed_while_loading_and_while_building_change_nothing_of_what_the_next_one_publishes(
    first, tmp_path
):
    _, _, undisturbed = first
    home = tmp_path / "home"
    for stage in ("Prepare", "Check arrivals"):
        with refresh_under_way(home) as killed:
            wait_for(killed, stage)
            killed.kill()
    done = refresh(home)
    assert done.returncode == 0, done.stdout
    assert marts(Settings(home=home).published_file) == undisturbed


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_refresh_killed_at_any_moment_changes_nothing_of_what_the_next_one_publishes(first, tmp_path, seed):
    _, printed, undisturbed = first
    whole = float(printed.split("Took:")[1].split(" s")[0])
    home = tmp_path / "home"
    with refresh_under_way(home) as process:
        try:
            process.communicate(timeout=random.Random(seed).uniform(0, whole))
        except subprocess.TimeoutExpired:
            process.kill()
    done = refresh(home)
    assert done.returncode == 0, done.stdout
    assert marts(Settings(home=home).published_file) == undisturbed


def test_a_reader_through_ten_publications_sees_each_whole_or_not_at_all(tmp_path):
    home = tmp_path / "home"
    published_file = Settings(home=home).published_file
    days = [SAMPLE_AS_OF - timedelta(days=ago) for ago in reversed(range(PUBLICATIONS + 1))]
    assert refresh(home, "--as-of", str(days[0])).returncode == 0
    published = [state(str(published_file))]
    with reading_in_a_loop(published_file) as saw:
        for day in days[1:]:
            assert refresh(home, "--as-of", str(day)).returncode == 0
            published.append(state(str(published_file)))
    assert len(set(published)) == PUBLICATIONS + 1
    assert set(saw["seen"]) <= set(published)
    assert len(saw["seen"]) > 1


def test_ten_refreshes_stop_for_no_reader_and_mix_nothing_in_the_file_or_in_postgres(tmp_path, database):
    home = tmp_path / "home"
    published_file = Settings(home=home).published_file
    to_postgres = ["--postgres-url", database.url()]
    days = [SAMPLE_AS_OF - timedelta(days=ago) for ago in reversed(range(PUBLICATIONS + 1))]
    assert refresh(home, *to_postgres, "--as-of", str(days[0])).returncode == 0
    with database.connect(MAY_READ) as reader, reading_in_a_loop(published_file) as saw:
        reader.isolation_level = IsolationLevel.REPEATABLE_READ
        held = in_postgres(reader)
        published = [held]
        for day in days[1:]:
            done = refresh(home, *to_postgres, "--as-of", str(day))
            assert done.returncode == 0, done.stdout
            assert in_postgres(reader) == held, "the reader is still in its transaction"
            with database.connect(MAY_READ) as another:
                published.append(in_postgres(another))
            assert published[-1] == in_file(published_file)
    assert len(set(published)) == PUBLICATIONS + 1
    assert len(saw["seen"]) > 1


def in_postgres(reader):
    return tuple(reader.execute(query).fetchone() for query in EXACT)


def in_file(published_file):
    with duckdb.connect(published_file, read_only=True) as published:
        return tuple(published.execute(query).fetchone() for query in EXACT)


def test_a_backfill_is_one_run_that_publishes_each_day_beside_the_current_one(first, tmp_path):
    _, _, undisturbed = first
    home = tmp_path / "home"
    assert refresh(home).returncode == 0
    days = [SAMPLE_AS_OF - timedelta(days=ago) for ago in (32, 31, 30)]
    done = subprocess.run(
        [sys.executable, "-c", BACKFILL, str(days[0]), str(days[-1])],
        cwd=PROJECT_ROOT,
        env={**os.environ, "DUEBOOK_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2 run" in done.stdout
    settings = Settings(home=home)
    assert marts(settings.published_file) == undisturbed
    alone = tmp_path / "alone"
    assert refresh(alone, "--as-of", str(days[1])).returncode == 0
    assert marts(settings.past_published_dir(days[1]) / settings.published_file.name) == marts(
        Settings(home=alone).published_file
    )
