"""What the refresh log says of a run that failed, whoever started it."""

from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.defs.partitions import business_days, days_of, single_run
from orchestration.defs.publication.failed import FIRST_DAY, LAST_DAY, log_failed_refresh
from orchestration.defs.publication.log import begin_refresh, end_refresh, started_at
from orchestration.settings import get_settings

FIRST = date(2024, 3, 14)
SECOND = FIRST + timedelta(days=1)


@dg.asset(partitions_def=business_days, backfill_policy=single_run)
def publishes_the_first_day_only(context: dg.AssetExecutionContext) -> None:
    settings, run_id = get_settings(), context.run.run_id
    first, second = days_of(context)
    for day in (first, second):
        refresh = begin_refresh(settings, day, f"{run_id}:{day}", started_at(context.instance, run_id))
        if day == second:
            raise OSError("the disk is full")
        end_refresh(settings, refresh, "published", path="published/duebook.duckdb")


def test_days_published_before_their_run_failed_stay_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUEBOOK_HOME", str(tmp_path / "a home"))
    get_settings.cache_clear()
    job = dg.Definitions(
        assets=[publishes_the_first_day_only],
        jobs=[dg.define_asset_job("one", hooks={log_failed_refresh})],
        executor=dg.in_process_executor,
    ).resolve_job_def("one")
    tags = {FIRST_DAY: str(FIRST), LAST_DAY: str(SECOND)}
    with dg.DagsterInstance.ephemeral() as instance:
        assert not job.execute_in_process(instance=instance, tags=tags, raise_on_error=False).success
    with duckdb.connect(get_settings().landed_file, read_only=True) as landed:
        rows = landed.execute("select as_of_date, status, detail from raw.refreshes order by as_of_date").fetchall()
    get_settings.cache_clear()
    assert rows == [
        (FIRST, "published", None),
        (SECOND, "failed", "publishes_the_first_day_only: the disk is full"),
    ]
