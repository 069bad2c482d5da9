"""Publishes to Postgres: the published marts are loaded into staging schemas, and then replace the old tables.

Here: connecting, the order of the steps, and errors in one line. Not here: tables (tables.py), replacing the old ones
(swap.py), roles (roles.py), Dagster (orchestration).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from dataclasses import dataclass

import duckdb
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from duebook.database_files import attach
from duebook.publication.postgres.roles import MAY_READ, MissingRoleError, ensure_roles
from duebook.publication.postgres.swap import Patience, ReadersInTheWayError, swap
from duebook.publication.postgres.tables import (
    Table,
    UnknownTypeError,
    load_table,
    read_tables,
    staging_of,
)
from duebook.publication.record import Publication
from duebook.settings import MARTS_SCHEMA, PERSONAL_FILE, PERSONAL_SCHEMA, Settings

MADE_BY = "Published by Duebook"
# For every connection; the URL can set another value.
CONNECT_SECONDS = 10
SESSION = (
    "set client_min_messages = warning; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;"
    # Loaded rows only count after the swap, and the commit of the swap writes everything before it to the disk.
    # There are as many workers as cores, so none is free to help another with an index.
    " set synchronous_commit = off; set maintenance_work_mem = '256MB'; set max_parallel_maintenance_workers = 0;"
    # Statistics from a quarter of the usual sample, a fifth of the time.
    " set default_statistics_target = 25"
)


class PostgresError(RuntimeError):
    """The publication in Postgres was not replaced; says why in one line, without the password."""


@dataclass(frozen=True)
class PostgresPublication:
    """What was published, and where.

    Attributes:
        place: the database, without login and password.
        row_counts: rows by `schema.table`.
    """

    place: str
    row_counts: dict[str, int]


def publish_to_postgres(
    settings: Settings,
    publication: Publication,
    keys: Mapping[str, Sequence[str]],
    log: Callable[[str], None] = lambda message: None,
    patience: Patience = Patience(),  # noqa: B008 (immutable)
) -> PostgresPublication:
    """Replace the publication in Postgres by the current one.

    Rows are read from the published files, of marts and of personal data. Readers see no change
    before the last step, which is one transaction.

    Args:
        settings: the database, and how many connections load.
        publication: the record of the current publication.
        keys: key columns by mart.
        log: gets progress lines.
        patience: how long to wait for readers.

    Raises:
        PostgresError: the last publication in Postgres stays.
    """
    url = settings.postgres_url.get_secret_value()
    with (
        _in_one_line(),
        closing(duckdb.connect(config={"threads": settings.threads})) as source,
        _connect(url) as control,
    ):
        attach(source, settings.published_dir / publication.database, "published")
        attach(source, settings.published_dir / PERSONAL_FILE, "of_persons")
        tables = [
            *read_tables(source, "published", MARTS_SCHEMA, keys),
            *read_tables(source, "of_persons", PERSONAL_SCHEMA, keys),
        ]
        place = f"{control.info.dbname} on {control.info.host or 'this machine'}"
        _lock_database(control, place)
        ensure_roles(control)
        _prepare_schemas(control, place)
        try:
            _load(settings.threads, source, url, tables, log)
            record = (
                f"{MADE_BY} {publication.duebook_version}: as of {publication.as_of}, refresh {publication.refresh_id}"
            )
            # From here on, commits wait for the disk again.
            control.execute("reset synchronous_commit")
            swap(control, tables, record, patience, log)
        finally:
            if not control.broken:
                _drop_staging(control)
    return PostgresPublication(place, {f"{table.schema}.{table.name}": table.rows for table in tables})


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn errors into a `PostgresError` with a message of one line."""
    try:
        yield
    except (psycopg.Error, MissingRoleError, ReadersInTheWayError, UnknownTypeError) as error:
        raise PostgresError(" ".join(str(error).split()) or type(error).__name__) from None


def _connect(url: str) -> psycopg.Connection:
    """Connect, in autocommit.

    Raises:
        PostgresError: the URL can't be read; psycopg's own message could quote a password.
        psycopg.OperationalError: no connection; says why.
    """
    try:
        from_url = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise PostgresError("DUEBOOK_POSTGRES_URL can't be read: are special characters percent-encoded?") from None
    defaults = {"application_name": "duebook", "connect_timeout": CONNECT_SECONDS}
    connection = psycopg.connect(**{**defaults, **from_url, "client_encoding": "utf8"}, autocommit=True)
    connection.execute(SESSION)
    return connection


def _lock_database(control: psycopg.Connection, place: str) -> None:
    """Lock the database, so that no other refresh (for example of another home) publishes to it at the same time."""
    [(free,)] = control.execute("select pg_try_advisory_lock(hashtext(%s))", [MADE_BY]).fetchall()
    if not free:
        raise PostgresError(f"another refresh is publishing to {place}; run it again later")


def _prepare_schemas(control: psycopg.Connection, place: str) -> None:
    """Create missing schemas, and new staging schemas; those of a killed load are dropped."""
    for schema in MAY_READ:
        there = control.execute(
            "select obj_description(oid, 'pg_namespace'),"
            " exists (select from pg_class where relnamespace = schemas.oid)"
            " from pg_namespace as schemas where nspname = %s",
            [schema],
        ).fetchone()
        if there and there[1] and not (there[0] or "").startswith(MADE_BY):
            raise PostgresError(
                f"{place} has a schema {schema} that Duebook did not create: use a separate database for Duebook"
            )
        if not there:
            control.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
    _drop_staging(control)
    for schema in MAY_READ:
        control.execute(sql.SQL("create schema {}").format(sql.Identifier(staging_of(schema))))


def _drop_staging(control: psycopg.Connection) -> None:
    for schema in MAY_READ:
        control.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(staging_of(schema))))


def _load(
    workers: int, source: duckdb.DuckDBPyConnection, url: str, tables: Sequence[Table], log: Callable[[str], None]
) -> None:
    """Load every table, the largest first, with one connection for each worker."""
    largest_first = sorted(tables, key=lambda table: -table.rows)
    with ThreadPoolExecutor(workers, thread_name_prefix="postgres") as pool:
        loads = {pool.submit(_load_one, source, url, table): table for table in largest_first}
        try:
            for done, load in enumerate(as_completed(loads), start=1):
                load.result()
                log(f"{done} of {len(tables)} tables loaded; {loads[load].name}: {loads[load].rows:,} rows.")
        except psycopg.Error as error:
            pool.shutdown(cancel_futures=True)
            table = loads[load]
            raise PostgresError(f"{table.schema}.{table.name}: {' '.join(str(error).split())}") from None


def _load_one(source: duckdb.DuckDBPyConnection, url: str, table: Table) -> None:
    # Threads must not share a connection or cursor; opening them costs little.
    with closing(source.cursor()) as own_source, _connect(url) as connection:
        load_table(own_source, connection, table)
