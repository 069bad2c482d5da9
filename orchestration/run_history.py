"""A faster storage for Dagster's run history.

Dagster keeps its history in SQLite and commits every event separately. For each event it opens the file, compiles its
SQL and waits for the disk: with hundreds of tables and tests that is a tenth of a refresh. Here compiled SQL is kept,
the file with the assets of all runs stays open, and nothing waits for the disk. A run's own file is closed after every
event, as Dagster does: the UI follows a run by checking whether its file has changed, and an open file doesn't change.

The history holds no business data. A killed process loses nothing; a power cut may damage the history, and then the
folder `dagster` in the home can be deleted. A home's dagster.yaml names this storage. Older homes whose dagster.yaml
doesn't name it use Dagster's own storage, on the same files.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Self

from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, SqliteStorageConfig
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, NullPool, StaticPool, create_engine, event


class EventHistory(SqliteEventLogStorage):
    """Dagster's event log, with one engine for all runs' assets and one for the run last asked for."""

    def __init__(self, base_dir: str) -> None:
        self._engines: dict[str, Engine] = {}
        # Re-entrant: while a thread holds the lock, a signal that ends the run may make it store further events.
        self._lock = threading.RLock()
        self._migrated: set[str] = set()
        super().__init__(base_dir)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """Open a transaction on one run's file; overrides."""
        return self._transaction(run_id)

    def index_connection(self) -> AbstractContextManager[Connection]:
        """Open a transaction on the file of all runs' assets; overrides."""
        return self._transaction(INDEX_SHARD_NAME)

    def has_secondary_index(self, name: str) -> bool:
        """Return whether a migration has been applied; one that has is remembered, not read again. Overrides."""
        if name not in self._migrated and super().has_secondary_index(name):
            self._migrated.add(name)
        return name in self._migrated

    def wipe(self) -> None:
        """Delete all of it; overrides."""
        with self._lock:
            self._close(self._engines)
        super().wipe()

    def dispose(self) -> None:
        """Close the files; overrides."""
        with self._lock:
            self._close(self._engines)
        super().dispose()

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[Connection]:
        with self._lock:
            if shard not in self._engines:
                # Dagster's own method makes the file and its tables if they don't exist.
                with super().run_connection(shard):
                    pass
                self._close(self._engines.keys() - {INDEX_SHARD_NAME})
                self._engines[shard] = create_engine(
                    self.conn_string_for_shard(shard),
                    poolclass=StaticPool if shard == INDEX_SHARD_NAME else NullPool,
                    # Threads share the connection: the lock allows one at a time.
                    connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
                )
            with self._engines[shard].begin() as connection:
                yield connection

    def _close(self, shards: Iterable[str]) -> None:
        for shard in list(shards):
            self._engines.pop(shard).dispose()


class RunHistory(DagsterSqliteStorage):
    """Dagster's SQLite storage in DAGSTER_HOME, at Dagster's usual place, with the event log above."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = EventHistory(str(Path(base_dir) / "history" / "runs"))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: SqliteStorageConfig) -> Self:
        """Make it from the configuration in dagster.yaml; overrides."""
        return cls.from_local(inst_data=inst_data, **config_value)


def write_without_waiting() -> None:
    """Have SQLite not wait for the disk, in every connection this process opens through SQLAlchemy (Dagster's)."""
    if not event.contains(Engine, "connect", _dont_wait):
        event.listen(Engine, "connect", _dont_wait)


def _dont_wait(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = off")
