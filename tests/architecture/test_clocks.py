"""No business rule reads a clock: the same day asked for twice gives the same marts.

Here: which files may. Not here: what else SQL may not say (test_portable_sql.py). Durations are no clock.
"""

import re
from pathlib import Path

import pytest

from duebook.settings import PROJECT_ROOT
from tests.support.sql_clock import SQL_CLOCK

# SQL's (a browser's performance.now() is a duration), dbt's, Python's.
CLOCK = re.compile(
    rf"(?<!performance\.){SQL_CLOCK}|\brun_started_at\b"
    r"|\b(date|datetime)\.(now|today|utcnow)\b|\btime\.(time|time_ns|localtime|gmtime)\(",
    re.IGNORECASE,
)
READS_IT_IN_DBT = {"dbt_project/macros/as_of_date.sql"}
# Which day is over, where nobody named one.
ASKS_FOR_THE_DAY = {"duebook/settings.py", "orchestration/defs/sensors.py", "orchestration/defs/alerts.py"}
# When something was done, for records, logs and the names of versions.
NOTES_WHEN = {
    "benchmarks/command.py",
    "duebook/adapters/engine/moments.py",
    "expectations/validation.py",
    "duebook/landing/loading.py",
    "duebook/landing/registry.py",
    "duebook/refresh_log.py",
    "duebook/home.py",
    "duebook/backup.py",
    "cli/refresh/command.py",
}
# A row that is checked counts as a load would have it count: as one that is loaded now.
CHECKS_AS_IF_LOADED_NOW = {"cli/check_landing.py"}


def without_comments(text: str) -> str:
    return re.sub(r"\{#[\s\S]*?#\}|--.*|#.*", "", text)


def test_only_who_may_reads_a_clock(tracked_files: list[Path]) -> None:
    names = {path.relative_to(PROJECT_ROOT).as_posix(): path for path in tracked_files}
    reading = {
        name
        for name, path in names.items()
        if path.suffix in {".py", ".sql", ".yml"} and not name.startswith("tests/")
        if CLOCK.search(without_comments(path.read_text(encoding="utf-8")))
    }
    assert reading == READS_IT_IN_DBT | ASKS_FOR_THE_DAY | NOTES_WHEN | CHECKS_AS_IF_LOADED_NOW


@pytest.mark.parametrize(
    "text",
    [
        "where due_date < current_date",
        "select now() as at",
        "cast('{{ run_started_at }}' as date)",
        "{{ modules.datetime.date.today() }}",
        "datetime.now(UTC)",
        "time.time()",
    ],
)
def test_a_clock_is_found(text: str) -> None:
    assert CLOCK.search(without_comments(text))


@pytest.mark.parametrize(
    "text", ["-- not now()", "as_of_date()", "time.monotonic()", "performance.now()", "# date.today()"]
)
def test_what_is_no_clock_is_not(text: str) -> None:
    assert not CLOCK.search(without_comments(text))
