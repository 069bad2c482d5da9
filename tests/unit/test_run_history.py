"""Dagster's history as a home keeps it: what is written is what Dagster's own storage reads."""

import shutil
from pathlib import Path

import dagster as dg
import pytest

from duebook.home import DAGSTER_YAML


@dg.asset
def ledger() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"rows": 3})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    shutil.copyfile(DAGSTER_YAML, tmp_path / "dagster.yaml")
    return tmp_path


def run(instance: dg.DagsterInstance) -> str:
    return dg.materialize([ledger], instance=instance).run_id


def kinds(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    return [record.dagster_event_type for record in instance.all_logs(run_id) if record.dagster_event]


def test_events_are_where_dagsters_own_storage_reads_them(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as ours:
        first, second = run(ours), run(ours)
        written = {run_id: kinds(ours, run_id) for run_id in (first, second)}
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home)) as dagsters:
        assert {run_id: kinds(dagsters, run_id) for run_id in (first, second)} == written
        assert dagsters.get_latest_materialization_event(ledger.key).run_id == second
        third = run(dagsters)
    shutil.copyfile(DAGSTER_YAML, home / "dagster.yaml")
    with dg.DagsterInstance.from_config(str(home)) as ours:
        assert kinds(ours, third) == written[first]


def test_who_has_the_history_open_may_ask_it_again(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        first = run(instance)
        history = instance.event_log_storage
        with history.index_connection():
            # A lock that is not re-entrant says no here; without asking, what follows would wait for itself.
            assert history._lock.acquire(blocking=False)
            history._lock.release()
            assert kinds(instance, first)[-1] == dg.DagsterEventType.RUN_SUCCESS
            assert instance.get_latest_materialization_event(ledger.key).run_id == first


def test_a_wiped_history_takes_new_runs(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        gone = run(instance)
        instance.wipe()
        assert kinds(instance, gone) == []
        assert kinds(instance, run(instance))[-1] == dg.DagsterEventType.RUN_SUCCESS


def test_a_run_is_followed_to_its_end_by_whoever_watches_its_file(home: Path) -> None:
    file = home / "history" / "runs"
    with dg.DagsterInstance.from_config(str(home)) as instance:
        run_id = run(instance)
        # Dagster's watcher is told of changes of this file alone: nothing may be waiting beside it to be written.
        assert [path.name for path in file.glob(f"{run_id}.db*")] == [f"{run_id}.db"]
    assert sorted(path.name for path in file.iterdir()) == sorted([f"{run_id}.db", "index.db"])
