"""What the refresh log says of a run that failed, whoever started it."""

from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import duckdb

from duebook.refresh_log import begin_refresh, end_refresh
from duebook.settings import Settings
from orchestration.defs.failed_refresh import log_of_failed
from orchestration.defs.partitions import by_day, days_of
from orchestration.defs.runs import FIRST_DAY, LAST_DAY, started_at

FIRST = date(2024, 3, 14)
SECOND = FIRST + timedelta(days=1)


def test_days_published_before_their_run_failed_stay_published(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "a home")

    @dg.asset(**by_day(settings))
    def publishes_the_first_day_only(context: dg.AssetExecutionContext) -> None:
        first, second = days_of(context, settings)
        for day in (first, second):
            refresh = begin_refresh(
                settings, day, f"{context.run.run_id}:{day}", started_at(context.instance, context.run.run_id)
            )
            if day == second:
                raise OSError("the disk is full")
            end_refresh(settings, refresh, "published", path="published/duebook.duckdb")

    job = dg.Definitions(
        assets=[publishes_the_first_day_only],
        jobs=[dg.define_asset_job("one", hooks={log_of_failed(settings)})],
        executor=dg.in_process_executor,
    ).resolve_job_def("one")
    tags = {FIRST_DAY: str(FIRST), LAST_DAY: str(SECOND)}
    with dg.DagsterInstance.ephemeral() as instance:
        assert not job.execute_in_process(instance=instance, tags=tags, raise_on_error=False).success
    with duckdb.connect(settings.landed_file, read_only=True) as landed:
        rows = landed.execute("select as_of_date, status, detail from raw.refreshes order by as_of_date").fetchall()
    assert rows == [
        (FIRST, "published", None),
        (SECOND, "failed", "publishes_the_first_day_only: the disk is full"),
    ]
