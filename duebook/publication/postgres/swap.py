"""Replaces the old tables in Postgres by the loaded ones: all at once, also while readers use them.

Here: replacing tables, with short waits for locks. Not here: loading (tables.py).

There are two ways, tried in this order:

1. Lock all old tables exclusively, then move the new tables into their place. Readers wait for milliseconds. A reader
   with an open transaction prevents the locks; then we stop waiting after a short time, so that no other reader queues
   behind us, and try again, up to a fixed number of times.
2. If the transaction stays open, or an object of a reader (for example a view) depends on a table: replace the rows
   within the old tables, in one transaction that takes no lock which stops readers. An open transaction keeps seeing
   what its isolation level guarantees. This way writes the rows twice, and needs more space until the first way works
   again.

So no reader ever sees tables of two publications in one statement, or in one repeatable-read transaction.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import errors, sql

from duebook.publication.postgres.roles import MAY_READ, grant_reading
from duebook.publication.postgres.tables import Table, staging_of

MOST_SESSIONS_NAMED = 5


@dataclass(frozen=True)
class Patience:
    """How long to wait for readers.

    Attributes:
        attempts: how often to try to get the locks.
        lock_timeout: how long each attempt waits, in milliseconds. Less than the second after which Postgres looks for
            deadlocks (`deadlock_timeout`): if a reader and we wait for each other, Postgres never ends the reader.
        pause: seconds between two attempts.
        replace_timeout: how long replacing rows may wait for a lock, in milliseconds.
    """

    attempts: int = 8
    lock_timeout: int = 500
    pause: float = 1.0
    replace_timeout: int = 10_000


class ReadersInTheWayError(RuntimeError):
    """Readers hold tables whose columns have changed, or that are no longer published."""


def swap(
    connection: psycopg.Connection,
    tables: Sequence[Table],
    record: str,
    patience: Patience,
    log: Callable[[str], None],
) -> None:
    """Replace what is published by what was loaded, in one transaction.

    Args:
        connection: in autocommit; owns both.
        tables: what was loaded.
        record: the new comment of the schemas.
        patience: how long to wait for readers.
        log: gets a line when it has to wait for readers.

    Raises:
        ReadersInTheWayError: neither way is possible; names the sessions that hold the tables.
        psycopg.Error: Postgres refused a statement. In both cases the last publication stays.
    """
    for attempt in range(1, patience.attempts + 1):
        try:
            return _move_in(connection, tables, record, patience)
        except (errors.LockNotAvailable, errors.QueryCanceled, errors.DeadlockDetected):
            who = _holders(connection) or "they have ended since"
            log(f"Readers have locked the tables ({who}); attempt {attempt} of {patience.attempts}.")
            if attempt < patience.attempts:
                time.sleep(patience.pause)
        except errors.DependentObjectsStillExist:
            # Dropping dependent objects, too, would destroy a reader's work.
            log("Objects that readers created depend on published tables.")
            break
    log("Replacing the rows in place.")
    return _replace_rows(connection, tables, record, patience)


def published_tables(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """List the published tables as schema and name: those of the publishing login, not other people's."""
    return connection.execute(
        "select schemaname, tablename from pg_tables"
        " where schemaname = any(%s) and tableowner = current_user order by 1, 2",
        [[*MAY_READ]],
    ).fetchall()


def _move_in(connection: psycopg.Connection, tables: Sequence[Table], record: str, patience: Patience) -> None:
    with connection.transaction():
        _set_local(connection, "lock_timeout", patience.lock_timeout)
        # `lock_timeout` is for each table's lock; this limits the wait for all of them.
        _set_local(connection, "statement_timeout", patience.lock_timeout)
        if old := published_tables(connection):
            names = sql.SQL(", ").join(sql.Identifier(*table) for table in old)
            connection.execute(sql.SQL("lock table {} in access exclusive mode").format(names))
            _set_local(connection, "statement_timeout", 0)
            connection.execute(sql.SQL("drop table {}").format(names))
        _set_local(connection, "statement_timeout", 0)
        for table in tables:
            _move(connection, table)
        _finish(connection, record)


def _replace_rows(connection: psycopg.Connection, tables: Sequence[Table], record: str, patience: Patience) -> None:
    with connection.transaction():
        _set_local(connection, "lock_timeout", patience.replace_timeout)
        old = set(published_tables(connection))
        changed = sorted(old - {(table.schema, table.name) for table in tables})
        new = [table for table in tables if (table.schema, table.name) not in old]
        same = [table for table in tables if (table.schema, table.name) in old]
        changed += [
            (table.schema, table.name)
            for table in same
            if _shape(connection, table.schema, table.name) != _shape(connection, staging_of(table.schema), table.name)
        ]
        if changed:
            raise ReadersInTheWayError(
                f"{', '.join('.'.join(table) for table in changed)} changed and can't be replaced while it is in use"
                f" ({_holders(connection) or 'a view or similar object depends on it'}); end this use and run it again"
            )
        for table in new:
            _move(connection, table)
        for table in same:
            place = sql.Identifier(table.schema, table.name)
            # From now on the table has dead rows to clean up.
            connection.execute(sql.SQL("alter table {} reset (autovacuum_enabled)").format(place))
            connection.execute(sql.SQL("delete from {}").format(place))
            connection.execute(sql.SQL("insert into {} select * from {}").format(place, table.staging))
        _finish(connection, record)


def _move(connection: psycopg.Connection, table: Table) -> None:
    connection.execute(sql.SQL("alter table {} set schema {}").format(table.staging, sql.Identifier(table.schema)))


def _finish(connection: psycopg.Connection, record: str) -> None:
    for schema in MAY_READ:
        grant_reading(connection, schema)
        connection.execute(sql.SQL("comment on schema {} is {}").format(sql.Identifier(schema), sql.Literal(record)))


def _set_local(connection: psycopg.Connection, setting: str, milliseconds: int) -> None:
    connection.execute("select set_config(%s, %s, true)", [setting, str(milliseconds)])


def _shape(connection: psycopg.Connection, schema: str, table: str) -> list[tuple[str, str]]:
    """Return the columns in order, with their types."""
    return connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = format('%%I.%%I', %s::text, %s::text)::regclass and attnum > 0 and not attisdropped"
        " order by attnum",
        [schema, table],
    ).fetchall()


def _holders(connection: psycopg.Connection) -> str:
    """Return the sessions that have locks on published tables: process, login, application."""
    rows = connection.execute(
        "select distinct activity.pid, coalesce(activity.usename, activity.backend_type), activity.application_name"
        " from pg_locks as locks"
        " inner join pg_stat_activity as activity on locks.pid = activity.pid"
        " inner join pg_class as relations on locks.relation = relations.oid"
        " inner join pg_namespace as schemas on relations.relnamespace = schemas.oid"
        " where schemas.nspname = any(%s) and locks.pid <> pg_backend_pid() order by 1",
        [[*MAY_READ]],
    ).fetchall()
    named = [f"process {pid}, {login}, {application or 'unnamed'}" for pid, login, application in rows]
    more = f" and {len(named) - MOST_SESSIONS_NAMED} more" if len(named) > MOST_SESSIONS_NAMED else ""
    return "; ".join(named[:MOST_SESSIONS_NAMED]) + more
