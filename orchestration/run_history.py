"""Dagster's run history, made quick.

Dagster keeps its history in SQLite and commits every event on its own, each time waiting for the disk: with hundreds of
tables and tests that wait is most of a refresh. The history is a record of runs and no business data, so it is handed
to the operating system without waiting. A killed process loses nothing by that; a power cut may spoil the history, and
then the folder `dagster` in the home can be deleted.
"""

import sqlite3
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


def write_without_waiting() -> None:
    """Have every SQLite connection this process opens through SQLAlchemy (Dagster's) write without waiting."""
    if not event.contains(Engine, "connect", _dont_wait):
        event.listen(Engine, "connect", _dont_wait)


def _dont_wait(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = off")
