"""Postgres as an engine: the steps of a refresh in a database that is Duebook's alone.

Here: that the database is Duebook's, the sign of the last build, errors in one line. Not here: bringing rows there and
reading the marts (postgres.py), the publication in a database for readers (duebook/publication/postgres).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from uuid import uuid4
from weakref import finalize

import duckdb
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from duebook.engines.engine import BUILT, PUBLISHED_SCHEMA, EngineError, Rows
from duebook.engines.handing_over import MakeViews, Model, hand_over
from duebook.engines.postgres import (
    bring_landing,
    bring_published,
    bring_reference,
    connected,
    dbt_environment,
    read_marts,
    refuse_order_of_a_language,
)
from duebook.publication.postgres.tables import UnknownTypeError
from duebook.publication.record import read_publication
from duebook.publication.targets import Target
from duebook.reference import home_files
from duebook.settings import RAW_SCHEMA, Settings

# What a schema holds that would be dropped with it. A table has a type, so tables are asked for first.
HOLDS = """
    select case
        when exists (select from pg_class where relnamespace = to_regnamespace(%(schema)s)) then 'tables'
        when exists (select from pg_proc where pronamespace = to_regnamespace(%(schema)s)) then 'functions'
        when exists (select from pg_type where typnamespace = to_regnamespace(%(schema)s)) then 'types'
    end
"""
MARK = "Built by Duebook"
SIGN = "of build "
# Of the advisory lock that a build holds; any number that nobody else is likely to take.
LOCK = 3_865_470_566


class InPostgres:
    """Postgres: dbt builds in a database, and the marts are copied out of it."""

    name = "postgres"
    keeps_rows = keeps_tables = True

    def __init__(self, settings: Settings, target: Target) -> None:
        """Take the database that the setting ENGINE_URL names, and a home's files of a business day.

        Raises:
            EngineError: the URL can't be read, or lacks a part.
        """
        self._url = settings.engine_url.get_secret_value()
        self._settings, self._target = settings, target
        self._environment = dbt_environment(self._url)
        self._release: finalize | None = None

    @property
    def place(self) -> str:
        """The database and its server."""
        named = conninfo_to_dict(self._url)
        return f"{named.get('dbname')} on {named.get('host', 'this machine')}"

    def environment(self) -> Mapping[str, str]:
        """The parts of the URL, each in the variable that dbt's profile names."""
        return self._environment

    def left_as(self) -> str | None:
        """The sign stands in the comment on the schema of the landed rows."""
        with self._connected() as postgres:
            said = _comment(postgres, RAW_SCHEMA) or ""
        return said.removeprefix(f"{MARK}, {SIGN}") if SIGN in said else None

    def begin(self, *, everything: bool) -> None:
        """Bring rows of new files, and of the publication what the models read; drop what dbt built, if asked to."""
        self._take()
        publication = read_publication(self._settings.published_dir)
        with self._connected() as postgres:
            refuse_order_of_a_language(postgres)
            # A model that is gone leaves nothing.
            for schema in BUILT:
                self._make_ours(postgres, schema, anew=everything)
            self._make_ours(postgres, RAW_SCHEMA, anew=False)
            # What another home has published there is nothing that this one has reported.
            self._make_ours(postgres, PUBLISHED_SCHEMA, anew=publication is None)
        with _in_one_line():
            bring_landing(self._url, self._settings.landed_file)
            bring_reference(self._url, home_files(self._settings))
            if publication:
                file = self._settings.published_dir / publication.database
                bring_published(self._url, file, f"{MARK}, refresh {publication.refresh_id}")

    def hand_over(self, models: Sequence[Model], make_views: MakeViews) -> None:
        """Copy marts and personal marts out of the database."""
        with _in_one_line():
            # The database knows its tables and their types: no models are needed to read them.
            hand_over(self._target, models, lambda file, schema, _: read_marts(self._url, file, schema), make_views)

    def end(self, *, went_well: bool) -> str:
        """Leave the sign in the comment on the schema of the landed rows: failed or not, the next build can go on."""
        sign = uuid4().hex
        with self._connected() as postgres:
            _say(postgres, RAW_SCHEMA, f"{MARK}, {SIGN}{sign}")
        if self._release:
            self._release()
        return sign

    def forget(self) -> None:
        """Drop what was brought and built; without a sign the next build is a full one."""
        self._take()
        with self._connected() as postgres:
            for schema in (*BUILT, RAW_SCHEMA, PUBLISHED_SCHEMA):
                self._make_ours(postgres, schema, anew=True)

    def first_rows(self, query: str, most: int) -> Rows:
        """Run a query in the database."""
        with self._connected() as postgres:
            found = postgres.execute(query)
            return Rows([column.name for column in found.description], found.fetchmany(most))

    def _take(self) -> None:
        """Keep other builds out of the database until this one ends, or nobody has this object, or its process ends.

        Raises:
            EngineError: another build is under way there.
        """
        with _in_one_line():
            held = psycopg.connect(self._url, application_name="duebook: a build is under way", autocommit=True)
        # Left to itself, the driver warns of an open connection.
        self._release = finalize(self, _let_go, held)
        [(is_ours,)] = held.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchall()
        if not is_ours:
            self._release()
            raise EngineError(
                f"another build is under way in {self.place}, perhaps of another home. Wait until it has ended, or give"
                " each home a separate database with DUEBOOK_ENGINE_URL"
            )

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        with _in_one_line(), connected(self._url) as postgres:
            yield postgres

    def _make_ours(self, postgres: psycopg.Connection, schema: str, *, anew: bool) -> None:
        """Make a schema with our mark, which has no sign; drop it first if asked to.

        Raises:
            EngineError: somebody else's tables, functions or types are in a schema of this name.
        """
        name = sql.Identifier(schema)
        [(holds,)] = postgres.execute(HOLDS, {"schema": schema}).fetchall()
        if holds and not (_comment(postgres, schema) or "").startswith(MARK):
            raise EngineError(
                f"{self.place} has {holds} in a schema {schema} that Duebook did not make."
                " Give Duebook a separate database with DUEBOOK_ENGINE_URL"
            )
        if anew:
            postgres.execute(sql.SQL("drop schema if exists {} cascade").format(name))
        postgres.execute(sql.SQL("create schema if not exists {}").format(name))
        if schema != PUBLISHED_SCHEMA or _comment(postgres, schema) is None:
            _say(postgres, schema, MARK)


def _comment(postgres: psycopg.Connection, schema: str) -> str | None:
    [(said,)] = postgres.execute("select obj_description(to_regnamespace(%s), 'pg_namespace')", [schema]).fetchall()
    return said


def _say(postgres: psycopg.Connection, schema: str, text: str) -> None:
    postgres.execute(sql.SQL("comment on schema {} is {}").format(sql.Identifier(schema), sql.Literal(text)))


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn errors of Postgres, of the URL and of files into an `EngineError` of one line."""
    try:
        yield
    except (psycopg.Error, duckdb.Error, UnknownTypeError) as error:
        raise EngineError(f"ENGINE=postgres: {' '.join(str(error).split()) or type(error).__name__}") from None


def _let_go(held: psycopg.Connection) -> None:
    """Give the lock back, then close: the server notices a closed connection a moment later than its client."""
    with suppress(psycopg.Error):
        held.execute("select pg_advisory_unlock(%s)", [LOCK])
    held.close()
