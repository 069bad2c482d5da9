"""Postgres as the engine of the models: what dbt needs in the database, landed and published rows, the marts.

Here: connecting dbt, types that Postgres knows by other names, bringing the rows of new files of a landing and of the
current publication, reading marts back into DuckDB. Not here: types and encoding of rows (publication/postgres/tables),
what publishes marts to a Postgres that readers use (publication/postgres), SQL of the models (the dbt project).
"""

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import psycopg
import yaml
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from duebook.contract import SOURCES_DIR, read_contract
from duebook.engines.engine import PUBLISHED_SCHEMA, EngineError
from duebook.publication.postgres.tables import TYPES, Table, UnknownTypeError, copy_rows, definition, read_tables
from duebook.settings import LANDED_ALIAS, MARTS_SCHEMA, RAW_SCHEMA
from duebook.sql_text import attach, identifier, literal

# The types of the models' SQL that Postgres calls otherwise.
DOMAINS = {"string": "text", "double": "double precision"}
# What dbt's profile names.
PROFILE = {
    "host": "DUEBOOK_ENGINE_HOST",
    "port": "DUEBOOK_ENGINE_PORT",
    "user": "DUEBOOK_ENGINE_USER",
    "password": "DBT_ENV_SECRET_ENGINE_PASSWORD",
    "dbname": "DUEBOOK_ENGINE_DATABASE",
}
UNSAID = {"host": "localhost", "port": "5432"}
# Options of the URL that dbt's profile names, too: both connections are as safe. dbt knows no others.
OPTIONS = {option: f"DUEBOOK_ENGINE_{option.upper()}" for option in ("sslmode", "sslrootcert", "sslcert", "sslkey")}
FILES = "loaded_files"
# Tables beside the contract's that the models read, and the column with the number of the file a row came from; those
# without one are brought whole.
RECORDS = {
    FILES: "file_number",
    "landed_columns": "source_file_number",
    "quarantined_rows": "source_file_number",
    "check_results": None,
    "refreshes": None,
    "audit_events": None,
}
# Settings of the login in this database. Nearly all joins of the models are of many rows with many, and their number is
# guessed far too low behind views: a loop over a view took 91 s where a hash takes one. Compiling a query costs more
# than it saves on most of the models.
SESSION = {"enable_nestloop": "off", "jit": "off", "work_mem": "64MB"}
# What Postgres' own catalogue calls the types of `TYPES` that have two names, and a DuckDB type for each.
IN_CATALOGUE = {"timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone"}
IN_DUCKDB = {IN_CATALOGUE.get(kind, kind): in_duckdb for in_duckdb, kind in TYPES.items()}
MOST_BYTES_A_ROW = 64_000_000
# Statistics for the planner: of rows that were copied there are none yet.
ANALYSE = sql.SQL("analyze {}")


def dbt_environment(url: str) -> dict[str, str]:
    """Return the environment variables in which dbt's profile finds the database.

    Args:
        url: of the database, postgresql://login:password@host:port/database, with those of `OPTIONS`.

    Raises:
        EngineError: it can't be read, names no login, password or database, or has an option that dbt doesn't know.
    """
    try:
        parts = {**UNSAID, **conninfo_to_dict(url)}
    except psycopg.ProgrammingError:
        raise EngineError("DUEBOOK_ENGINE_URL can't be read: are special characters percent-encoded?") from None
    missing = [part for part in PROFILE if not parts.get(part)]
    if missing:
        raise EngineError(f"DUEBOOK_ENGINE_URL names no {', '.join(missing)}: postgresql://user:password@host/dbname")
    if unknown := sorted(parts.keys() - PROFILE.keys() - OPTIONS.keys()):
        raise EngineError(
            f"DUEBOOK_ENGINE_URL has the option {', '.join(unknown)}, which dbt can't take: leave it out"
            f" (it may have {', '.join(OPTIONS)}), or set it for the login in the database"
        )
    named = {variable: str(parts[part]) for part, variable in PROFILE.items()}
    # What the driver's own variables say counts for dbt only if the profile says it: an empty option there hides them.
    of_driver = {option: os.environ.get(f"PG{option.upper()}", "") for option in OPTIONS}
    options = {variable: str(parts.get(option, of_driver[option])) for option, variable in OPTIONS.items()}
    return {"DUEBOOK_DBT_TARGET": "postgres", **named, **options}


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection]:
    """Connect; all that is done is one transaction.

    Args:
        url: of the database.
    """
    with psycopg.connect(url, application_name="duebook", client_encoding="utf8") as connection:
        yield connection


def refuse_order_of_a_language(connection: psycopg.Connection) -> None:
    """Look in which order the database has texts, before anything is made there.

    Args:
        connection: to it.

    Raises:
        EngineError: the database orders text by a language, not by code points as DuckDB and Spark do; which of two ids
            comes first decides ties.
    """
    [(by_code_points,)] = connection.execute("select 'B' < 'a'").fetchall()
    if not by_code_points:
        raise EngineError(
            f"the database {connection.info.dbname} orders text by the rules of a language, and figures depend on that"
            " order: make one with create database <name> template template0 encoding 'UTF8' locale 'C.UTF-8'"
        )


def prepare(connection: psycopg.Connection) -> None:
    """Make what has to be in the database before dbt runs: types, the schemas of what is brought, the login's settings.

    Args:
        connection: as the login dbt uses, which owns the database or may make schemas in it.
    """
    for schema in ("public", RAW_SCHEMA, PUBLISHED_SCHEMA):
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))
    for name, is_called in DOMAINS.items():
        there = connection.execute("select to_regtype(%s)", [f'public."{name}"']).fetchone()[0]
        if not there:
            connection.execute(sql.SQL("create domain public.{} as " + is_called).format(sql.Identifier(name)))
    login, database = sql.Identifier(connection.info.user), sql.Identifier(connection.info.dbname)
    for setting, value in SESSION.items():
        connection.execute(
            sql.SQL("alter role {} in database {} set {} = {}").format(
                login, database, sql.Identifier(setting), sql.Literal(value)
            )
        )


def bring_landing(url: str, landed_file: Path) -> dict[str, int]:
    """Bring landed rows into the schema `raw`: those of files that are not there yet.

    A table whose columns have changed is brought whole; all are, if the files there are not the first of the landing's
    (another home, or one restored from a backup).

    Args:
        url: of the database.
        landed_file: what the loader wrote; nobody writes it meanwhile.

    Returns:
        How many rows were brought, by table.
    """
    with closing(duckdb.connect()) as source, connected(url) as postgres:
        source.execute(attach(landed_file, LANDED_ALIAS))
        prepare(postgres)
        known = {table.name for table in read_contract().tables} | RECORDS.keys()
        tables = [table for table in read_tables(source, LANDED_ALIAS, RAW_SCHEMA, {}) if table.name in known]
        last = _last_file(source, postgres)
        return {table.name: _bring(source, postgres, table, last) for table in tables}


def _last_file(source: duckdb.DuckDBPyConnection, postgres: psycopg.Connection) -> int:
    """The number of the last file whose rows are in Postgres; 0 if all have to be brought."""
    if not postgres.execute("select to_regclass(%s)", [f"{RAW_SCHEMA}.{FILES}"]).fetchone()[0]:
        return 0
    query = f"select file_number, content_hash, load_id from {RAW_SCHEMA}.{FILES} order by file_number"
    there = postgres.execute(query).fetchall()
    landed = source.execute(query.replace("from ", f"from {LANDED_ALIAS}.")).fetchall()
    return there[-1][0] if there and landed[: len(there)] == there else 0


def _bring(source: duckdb.DuckDBPyConnection, postgres: psycopg.Connection, table: Table, last: int) -> int:
    place = sql.Identifier(RAW_SCHEMA, table.name)
    number = RECORDS.get(table.name, "source_file_number")
    columns = [(column.name, IN_CATALOGUE.get(column.type, column.type)) for column in table.columns]
    if number and last and _columns(postgres, place) == columns:
        which = f"{number} > {last}"
    else:
        which = "true"
        postgres.execute(sql.SQL("drop table if exists {} cascade").format(place))
        postgres.execute(definition(table, place))
    brought = copy_rows(source, postgres, table, place, which)
    if brought:
        postgres.execute(ANALYSE.format(place))
    return brought


def bring_reference(url: str, files: Mapping[str, Path]) -> None:
    """Bring a home's reference files as they are, all columns as texts, into tables `raw.home_<seed>`.

    Args:
        url: of the database.
        files: by the name of the seed whose place they take; they have been checked.
    """
    with connected(url) as postgres:
        for seed, file in files.items():
            with file.open(encoding="utf-8-sig", newline="") as opened:
                columns = [sql.Identifier(name) for name in next(csv.reader(opened))]
            place = sql.Identifier(RAW_SCHEMA, f"home_{seed}")
            texts = sql.SQL(", ").join(sql.SQL("{} text").format(column) for column in columns)
            postgres.execute(sql.SQL("drop table if exists {}").format(place))
            postgres.execute(sql.SQL("create table {} ({})").format(place, texts))
            # A value in quotation marks with nothing between is null, too, as in the seeds.
            statement = sql.SQL("copy {} from stdin (format csv, header true, force_null ({}))")
            with postgres.cursor() as cursor:
                listed = sql.SQL(", ").join(columns)
                with cursor.copy(statement.format(place, listed)) as copy:
                    copy.write(file.read_bytes())


def bring_published(url: str, published_file: Path, refresh_id: str) -> None:
    """Bring what the models read of the current publication into the schema `published`, unless it is there.

    Args:
        url: of the database.
        published_file: the published marts.
        refresh_id: the refresh that published them.
    """
    with closing(duckdb.connect()) as source, connected(url) as postgres:
        prepare(postgres)
        schema = sql.Identifier(PUBLISHED_SCHEMA)
        [(there,)] = postgres.execute("select obj_description(%s::regnamespace)", [PUBLISHED_SCHEMA]).fetchall()
        if there == refresh_id:
            return
        source.execute(attach(published_file, PUBLISHED_SCHEMA))
        for table in read_tables(source, PUBLISHED_SCHEMA, MARTS_SCHEMA, {}):
            place = sql.Identifier(PUBLISHED_SCHEMA, table.name)
            postgres.execute(sql.SQL("drop table if exists {} cascade").format(place))
            if table.name in published_names():
                postgres.execute(definition(table, place))
                copy_rows(source, postgres, table, place)
                postgres.execute(ANALYSE.format(place))
        postgres.execute(sql.SQL("comment on schema {} is {}").format(schema, sql.Literal(refresh_id)))


def published_names() -> set[str]:
    """The marts of the last publication that the models read."""
    [source] = yaml.safe_load((SOURCES_DIR / "published.yml").read_text(encoding="utf-8"))["sources"]
    return {table["name"] for table in source["tables"]}


def read_marts(url: str, marts_file: Path, schema: str) -> dict[str, int]:
    """Read the tables that dbt built into a DuckDB file, under the same names, with the types they have in Postgres.

    Args:
        url: of the database.
        marts_file: the file; a new one, or one without this schema.
        schema: theirs.

    Returns:
        How many rows were read, by table.

    Raises:
        UnknownTypeError: a column has a type that is none of a mart's.
    """
    read = {}
    with closing(duckdb.connect(marts_file)) as marts, connected(url) as postgres, TemporaryDirectory() as folder:
        marts.execute(f"create schema {identifier(schema)}")
        names = postgres.execute(
            "select relname from pg_class where relnamespace = %s::regnamespace and relkind = 'r' order by relname",
            [schema],
        ).fetchall()
        for (name,) in names:
            read[name] = _read(postgres, marts, schema, name, Path(folder) / "rows.csv")
    return read


def _read(postgres: psycopg.Connection, marts: duckdb.DuckDBPyConnection, schema: str, name: str, file: Path) -> int:
    place = sql.Identifier(schema, name)
    statement = sql.SQL("copy (select * from {}) to stdout (format csv)").format(place)
    with postgres.cursor() as cursor, file.open("wb") as rows, cursor.copy(statement) as copy:
        for part in copy:
            rows.write(part)
    columns = ", ".join(f"{literal(column)}: {literal(_in_duckdb(kind))}" for column, kind in _columns(postgres, place))
    # An empty text stands in quotation marks, a null is nothing.
    how = f"columns = {{{columns}}}, header = false, auto_detect = false, nullstr = '', allow_quoted_nulls = false"
    csv = f"delim = ',', quote = '\"', escape = '\"', max_line_size = {MOST_BYTES_A_ROW}"
    table = identifier(schema, name)
    marts.execute(f"create table {table} as from read_csv({literal(file)}, {how}, {csv})")
    return marts.execute(f"select count(*) from {table}").fetchone()[0]


def _in_duckdb(kind: str) -> str:
    if kind.startswith("numeric("):
        return kind.replace("numeric", "decimal")
    if kind not in IN_DUCKDB:
        raise UnknownTypeError(f"no type in DuckDB is known for Postgres's {kind}")
    return IN_DUCKDB[kind]


def _columns(postgres: psycopg.Connection, place: sql.Identifier) -> list[tuple[str, str]]:
    """The columns of a table or view with their types; none if there is no such table."""
    return postgres.execute(
        "select attname, format_type(coalesce(nullif(typbasetype, 0), atttypid),"
        " case when typbasetype = 0 then atttypmod else typtypmod end) from pg_attribute"
        " inner join pg_type on atttypid = pg_type.oid"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
        [place.as_string(postgres)],
    ).fetchall()
