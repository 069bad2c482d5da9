"""No test reads the settings of whoever runs it, or writes outside its own temporary folders; two processes run them.

Those of one file stay together in one process. What takes a minute to make is made by the process that wants it first,
and read by both.
"""

import fcntl
import gc
import os
import shutil
import tempfile
from pathlib import Path

import duckdb
import pytest

from tests.support.processes import COMPILED_FOLDER, SHARED_FOLDER

_home = Path(tempfile.mkdtemp(prefix="duebook tests "))
# The fixture of the refreshed home.
SHARED = "first"
# What does without it: for the other process while the first one makes it. The builds on Postgres are one fixture, the
# longest of all: begun late, they would leave the other process without work at the end.
MEANWHILE = (
    "engines/test_postgres.py",
    "test_loading.py",
    "test_gates_hand_over.py",
    "test_payment_forecasts.py",
    "test_gates_arrivals.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Forget the user's settings before anything of the project is imported."""
    for name in [name for name in os.environ if name.startswith(("DUEBOOK_", "DAGSTER_HOME"))]:
        del os.environ[name]
    os.environ["DUEBOOK_HOME"] = str(_home)
    have_one_thread_a_database()
    if not hasattr(config, "workerinput"):
        os.environ[COMPILED_FOLDER] = str(_home / "compiled")
        os.environ[SHARED_FOLDER] = str(_home)
        # Here, so that no two write it at once; while the tests are collected, which takes as long.
        from duebook.settings import Settings
        from duebook.telemetry import switch_telemetry_off
        from duebook.warehouse.parsing import begin_parsing

        switch_telemetry_off()
        begin_parsing(Settings())


def _have_the_manifest() -> None:
    from duebook.settings import Settings
    from duebook.warehouse.parsing import finish_parsing

    finish_parsing(Settings())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished() -> None:
    """Before the first test of two processes: the manifest is there."""
    _have_the_manifest()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Before the first test of one process: the manifest is there, and what is imported stays."""
    # Garbage collection would look through all of it again and again, a twentieth of the tests' time.
    gc.freeze()
    if not hasattr(session.config, "workerinput"):
        _have_the_manifest()


def have_one_thread_a_database() -> None:
    """Have DuckDB use one thread in the processes of the tests, where nobody says how many.

    The processor has both of them to do, and on a few rows a second thread is only started, asked and stopped: a sixth
    of the time of tests that open many databases. Commands and dbt run in processes of their own, with their threads.
    """
    connect = duckdb.connect

    def connect_with_one_thread(
        database: Path | str = ":memory:", read_only: bool = False, config: dict | None = None
    ) -> duckdb.DuckDBPyConnection:
        return connect(database, read_only, {"threads": 1} | (config or {}))

    duckdb.connect = connect_with_one_thread


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_home, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of what is chosen: one file that needs the refreshed home, those that don't meanwhile, then the others."""
    one, *others = dict.fromkeys(item.path for item in items if _needs_home(item)) or [None]
    meanwhile = [path for name in MEANWHILE for path in {item.path for item in items} if path.match(name)]
    place = {path: place for place, path in enumerate([one, *meanwhile, *others])}
    items.sort(key=lambda item: place.get(item.path, len(place)))


def _needs_home(item: pytest.Item) -> bool:
    """Whether it has the fixture, and not a parameter of that name."""
    return SHARED in item.fixturenames and SHARED not in (item.callspec.params if hasattr(item, "callspec") else ())


@pytest.fixture(autouse=True)
def settings_go_with_the_test():
    """Commands put their options into the environment: what one test gave is no setting of the next."""
    before = _settings_given()
    yield
    for name in _settings_given():
        del os.environ[name]
    os.environ.update(before)


def _settings_given() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.upper().startswith("DUEBOOK_")}


@pytest.fixture(scope="session")
def first():
    """The first refresh of a home whose path has spaces: its settings, what the command printed, the marts.

    Both processes read it: a test that refreshes takes a copy.
    """
    from duebook.settings import Settings
    from tests.support.refreshes.running import make_refresh, marts

    shared = Path(os.environ[SHARED_FOLDER])
    home, printed = shared / "a home with spaces", shared / "printed.txt"
    with (shared / "first.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not printed.exists():
            done = make_refresh(home)
            assert done.returncode == 0, done.stdout + done.stderr
            printed.write_text(done.stdout)
    settings = Settings(home=home)
    return settings, printed.read_text(), marts(settings.published_file)
