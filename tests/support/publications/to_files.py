"""Marts of a few rows, every row of which names the refresh, published as files.

Here: building and publishing them, in this process and in one of its own, reading what is published. Not here: what
must come of it; the publication in Postgres (to_postgres.py).
"""

import subprocess
import sys
import textwrap
from datetime import date, datetime
from pathlib import Path

import duckdb

from duebook.publication.publish import publish
from duebook.publication.targets import Target, targets_of
from duebook.refresh_log import Refresh
from duebook.settings import LANDED_ALIAS, MARTS_DATABASE, PROJECT_ROOT, Settings
from duebook.sql_text import attach
from expectations.run_gates import prepare_records

DAY = date(2024, 3, 15)
EARLIER = date(2024, 2, 29)
MARTS = ("dso_monthly", "fct_receivables_ledger", "receivables_daily")

# Publishes what is built; its arguments are the home, the day, the refresh and, if given, how large a file may be.
PUBLISHER = """
    import resource, sys
    from datetime import date, datetime
    from pathlib import Path
    from duebook.refresh_log import Refresh
    from duebook.publication.publish import publish
    from duebook.publication.targets import targets_of
    from duebook.settings import Settings

    settings = Settings(home=Path(sys.argv[1]), landing=Path(sys.argv[1]), as_of=date.fromisoformat(sys.argv[2]))
    [target] = targets_of(settings, [settings.as_of])
    if sys.argv[4:]:
        most = int(sys.argv[4])
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    print("publishing", flush=True)
    publish(settings, target, Refresh(sys.argv[3], settings.as_of, None, datetime(2024, 3, 16, 6)))
    print("published", flush=True)
"""
# Before it, kills it when it has put a part in its place, which is its last argument.
KILLED_AFTER_MOVING = """
    import os, signal, sys
    from pathlib import Path

    move, last = Path.replace, sys.argv.pop()

    def move_and_die(path, target):
        move(path, target)
        is_swap = ".publishing" in path.parts[-3:] and ".publishing" not in target.parts[-3:]
        if is_swap and path.match(last):
            os.kill(os.getpid(), signal.SIGKILL)

    Path.replace = move_and_die
"""


def new_home(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "it's 100% a {home}:1", landing=tmp_path, as_of=DAY)
    prepare_records(settings)
    return settings


def refresh_of(day: date, refresh_id: str) -> Refresh:
    return Refresh(refresh_id, day, None, datetime(2024, 3, 16, 6))


def build(target: Target, refresh_id: str, rows: int = 1000) -> None:
    """Build marts, every row of which names the refresh."""
    target.marts_file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(target.marts_file) as connection:
        connection.execute("create schema if not exists marts")
        for mart in MARTS:
            connection.execute(
                f"create or replace table marts.{mart} as"
                f" select n, '{refresh_id}' as refresh_id, 'EUR' as currency_code, cast(n as decimal(18, 4)) as amount"
                f" from range({rows}) t(n) order by hash(n)"
            )


def what_cannot_be_stored(settings: Settings, text: str, mart: str) -> list[str]:
    """Statements that leave a view among the marts whose rows can't be made."""
    return [
        attach(settings.landed_file, LANDED_ALIAS),
        f"create view marts.wrong as select cast({text} as integer) as n from {MARTS_DATABASE}.marts.{mart}"
        f" where {text} not in (select detail from {LANDED_ALIAS}.raw.refreshes where detail is not null)",
    ]


def publish_rows(settings: Settings, refresh_id: str, day: date = DAY, rows: int = 1000) -> Target:
    [target] = targets_of(settings, [day])
    build(target, refresh_id, rows)
    publish(settings, target, refresh_of(day, refresh_id))
    return target


def read(file: Path, query: str) -> list[tuple]:
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(query).fetchall()


def refresh_ids(file: Path) -> set[str]:
    every = " union all ".join(f"select refresh_id from marts.{mart}" for mart in MARTS)
    return {name for (name,) in read(file, f"select distinct refresh_id from ({every})")}


def leftovers(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.published_dir.iterdir() if path.name.startswith("."))


def python(code: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
    )
