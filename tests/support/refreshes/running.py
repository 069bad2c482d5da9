"""Running whole refreshes as a user does, and reading what they published."""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from duebook.settings import MARTS_SCHEMA, PROJECT_ROOT

# What a mart says of the runs themselves differs from run to run; all else may not.
ABOUT_RUNS = {"data_quality_results", "refresh_log", "audit_log"}
# When a row was loaded, or a month frozen, differs from home to home.
LOAD_TIMES = {"loaded_at", "recorded_at", "load_id", "frozen_at", "detected_at", "first_seen_at", "last_seen_at"}

READER = Path(__file__).with_name("read_in_a_loop.py")
COMMAND = [sys.executable, "-m", "cli", "refresh"]


def refresh(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run one refresh of a home to its end."""
    return subprocess.run(
        [*COMMAND, "--home", str(home), *options], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )


def make_refresh(home: Path) -> subprocess.CompletedProcess[str]:
    """Run `make refresh` for a home, from a folder that is not the project's."""
    ours = ("DUEBOOK_", "MAKE", "MFLAGS")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # The tests run in what `make install` made, or else in an environment of the developer's own: use the same.
    command = ["make", "-C", str(PROJECT_ROOT), "refresh", f"HOME_DIR={home.name}"]
    if Path(sys.prefix) != PROJECT_ROOT / ".venv":
        return refresh(home)
    return subprocess.run(
        command,
        cwd=home.parent,
        env={**environment, "PWD": str(home.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def refresh_under_way(home: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Start a refresh; it is killed, if it still runs, when the block ends."""
    process = subprocess.Popen(
        [*COMMAND, "--home", str(home), *options],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_for(process: subprocess.Popen[str], stage: str) -> None:
    """Read a refresh's lines until a stage has ended."""
    for line in process.stdout:
        if line.strip().startswith(stage):
            return
    raise AssertionError(f"the refresh ended before the stage {stage}")


@contextmanager
def reading_in_a_loop(published_file: Path) -> Iterator[dict]:
    """Read a publication in a loop in another process; afterwards the dict holds what the reader saw.

    Raises:
        AssertionError: the reader met an error.
    """
    reader = subprocess.Popen(
        [sys.executable, str(READER), str(published_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert reader.stdout.readline() == "reading\n"
        saw: dict = {}
        yield saw
        output, errors = reader.communicate("")
        assert (reader.returncode, errors) == (0, "")
        saw.update(json.loads(output))
    finally:
        reader.kill()
        reader.wait()


def marts(published_file: Path) -> dict[str, tuple[int, str]]:
    """Read every mart's number of rows and a hash of its content, apart from what is about the runs themselves.

    Views are left out: they show nothing but tables, and have millions of rows.
    """
    with duckdb.connect(published_file, read_only=True) as database:
        kept = database.execute("select table_name from duckdb_tables() where schema_name = ?", [MARTS_SCHEMA])
        names = [name for (name,) in kept.fetchall()]
    return tables(published_file, MARTS_SCHEMA, names)


def tables(file: Path, schema: str, only: Collection[str] = ()) -> dict[str, tuple[int, str]]:
    """The same of any schema's tables, or of some of them."""
    with duckdb.connect(file, read_only=True) as database:
        columns = database.execute(
            "select table_name, list(column_name order by column_index) from duckdb_columns()"
            " where schema_name = ? and database_name = current_database() group by table_name",
            [schema],
        ).fetchall()
        return {
            table: database.execute(
                f"select count(*), md5(coalesce(string_agg(line, chr(10) order by line), ''))"
                f" from (select concat_ws('|', {_cells(names)}) as line from {schema}.{table})"
            ).fetchone()
            for table, names in columns
            if table not in ABOUT_RUNS and (not only or table in only)
        }


def _cells(names: list[str]) -> str:
    return ", ".join(f"coalesce(\"{name}\"::varchar, '-')" for name in names if name not in LOAD_TIMES)
