"""Spark: a session that knows the raw tables, Parquet files most of which the loader wrote, and dbt in that session.

The catalogue is in memory, and what a home has under `spark` is the truth: raw tables, the publication, and the tables
of the last build that keep their rows are declared anew in every session. Parquet has no transaction, so a table may be
left half written: none is read that this build hasn't written, or one that went well before it.

Here: files and statements. Not here: when they are written and read (in_spark.py), how Spark is set
(dbt_project/profiles.yml), SQL that differs by engine (dbt_project/macros/portable).
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from duebook.engines.engine import BUILT, PUBLISHED_SCHEMA, EngineError
from duebook.engines.handing_over import Model
from duebook.publication.large_marts import MOST_ROWS, define, has_files, rows_in
from duebook.publication.parquet import month_column
from duebook.raw_views import stored_tables
from duebook.settings import MARTS_SCHEMA, RAW_SCHEMA
from duebook.sql_text import identifier, literal

# Within Spark's folder of a home: raw tables, a folder a table and in it a Parquet file a loaded file; and what Spark
# builds, a folder a schema and in it one a table.
RAW, WAREHOUSE = RAW_SCHEMA, "warehouse"
# Which of the built tables keep their rows, with their columns (macros/portable/declare_tables.sql).
NOTED = "noted"
# Of tables with a home's reference data, before the seed's name.
OF_HOME = "home_"
# Where tables are, what is declared and what is built.
SCHEMAS = (RAW_SCHEMA, PUBLISHED_SCHEMA, *BUILT)
# The cluster a session works on, if it isn't this machine (dbt_project/profiles.yml).
MASTER_VARIABLE = "DUEBOOK_SPARK_MASTER"
PARTITIONS_VARIABLE = "DUEBOOK_SPARK_PARTITIONS"
# Spark's names for DuckDB's types; it calls the others (boolean, date, timestamp, decimals) the same.
SPARK_TYPES = {"VARCHAR": "string", "BIGINT": "bigint", "INTEGER": "int", "TIMESTAMP WITH TIME ZONE": "timestamp"}


def write_raw(landing_file: Path, folder: Path) -> list[str]:
    """Write the raw tables that are tables of the landing as Parquet, each anew; those loads write are files already.

    Args:
        landing_file: the loader's database.
        folder: Spark's, of the home.

    Returns:
        The tables written.
    """
    with duckdb.connect(landing_file, read_only=True) as landing:
        written = sorted(table for table in stored_tables(landing) if not table.startswith("_"))
        for table in written:
            files = folder / RAW / table
            files.mkdir(parents=True, exist_ok=True)
            # Under another name first, which Spark passes over: a file is there as a whole or not at all.
            unfinished = files / "_all.parquet"
            landing.execute(f"copy {identifier(RAW_SCHEMA, table)} to {literal(unfinished)} (format parquet)")
            unfinished.replace(files / "all.parquet")
    return written


def write_reference(folder: Path, files: Mapping[str, Path]) -> None:
    """Write a home's reference files as Parquet, all columns as texts, into the folders of tables `raw.home_<seed>`.

    Args:
        folder: Spark's, of the home.
        files: by the name of the seed whose place they take; they have been checked.
    """
    for of_before in (folder / RAW).glob(f"{OF_HOME}*"):
        shutil.rmtree(of_before)
    with duckdb.connect() as connection:
        for seed, file in files.items():
            written = folder / RAW / f"{OF_HOME}{seed}" / "all.parquet"
            written.parent.mkdir(parents=True)
            how = "header = true, all_varchar = true, auto_detect = true, delim = ',', quote = '\"', escape = '\"'"
            rows = f"read_csv({literal(file)}, {how})"
            connection.execute(f"copy (select * from {rows}) to {literal(written)} (format parquet)")


def _raw_columns(landing: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The type of every column of every raw table; the loader's own records of its loads are no raw tables."""
    columns: dict[str, dict[str, str]] = {}
    for table, column, data_type in landing.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where schema_name = ? and not starts_with(table_name, '_') order by table_name, column_index",
        [RAW_SCHEMA],
    ).fetchall():
        columns.setdefault(table, {})[column] = data_type
    return columns


def declarations(landing_file: Path, folder: Path, published: Path | None = None) -> Iterator[str]:
    """Give the statements that make Spark know the raw tables, and the marts of the publication that a build replaces.

    Args:
        landing_file: the loader's database, for the columns.
        folder: Spark's, of the home.
        published: the publication's folder of Parquet files; None or missing: nothing is published yet.
    """
    yield f"create schema if not exists {RAW_SCHEMA}"
    with duckdb.connect(landing_file, read_only=True) as landing:
        tables = _raw_columns(landing)
    for table, columns in tables.items():
        listed = ", ".join(f"{column} {SPARK_TYPES.get(kind, kind)}" for column, kind in columns.items())
        location = literal((folder / RAW / table).absolute())
        yield f"create table if not exists {RAW_SCHEMA}.{table} ({listed}) using parquet location {location}"
    for files in sorted((folder / RAW).glob(f"{OF_HOME}*")):
        location = literal(files.absolute())
        yield f"create table if not exists {RAW_SCHEMA}.{files.name} using parquet location {location}"
    yield f"create schema if not exists {PUBLISHED_SCHEMA}"
    for files in sorted(published.iterdir()) if published and published.is_dir() else []:
        location = literal(files.absolute())
        yield f"create table if not exists {PUBLISHED_SCHEMA}.{files.stem} using parquet location {location}"


class Declaration(NamedTuple):
    """A statement for a session, and the table it is about, if that is one of dbt's."""

    statement: str
    schema: str = ""
    name: str = ""


def remove_built(folder: Path, *, everything: bool) -> list[Declaration]:
    """Remove what the next build makes anew, and return the declarations of what it adds to.

    Args:
        folder: Spark's, of the home.
        everything: nothing stays; else the tables that keep their rows, and reference data.
    """
    if everything:
        for built in (WAREHOUSE, NOTED):
            shutil.rmtree(folder / built, ignore_errors=True)
        return []
    lines = [line for file in (folder / NOTED).glob("*.json") for line in file.read_text("utf-8").splitlines()]
    noted = [json.loads(line) for line in lines]
    kept = {folder / WAREHOUSE / f"{table['schema']}.db" / table["name"]: table for table in noted}
    for built in (folder / WAREHOUSE).glob("*/*"):
        if built not in kept:
            shutil.rmtree(built)
    told = [Declaration(f"create schema if not exists {schema}") for schema in sorted({t["schema"] for t in noted})]
    # Of folders of folders, too, the files are the table: which folder a row is in is no column of it.
    how = "using parquet options (recursiveFileLookup 'true') location"
    for files, table in kept.items():
        named = f"{table['schema']}.{table['name']}{table['columns']}"
        statement = f"create table if not exists {named} {how} {literal(files.absolute())}"
        told.append(Declaration(statement, table["schema"], table["name"]))
    return told


def state_of_built(folder: Path) -> str:
    """Say what files the built tables consist of: another name or size is another state.

    Args:
        folder: Spark's, of the home.
    """
    files = sorted(file for built in (WAREHOUSE, NOTED) for file in (folder / built).rglob("*") if file.is_file())
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(folder)} {file.stat().st_size}\n".encode())
    return digest.hexdigest()


def dbt_environment(folder: Path) -> dict[str, str]:
    """Return the environment variables in which dbt's profile finds Spark.

    Args:
        folder: Spark's, of the home.

    Raises:
        EngineError: the number of partitions is none.
    """
    partitions = os.environ.get(PARTITIONS_VARIABLE) or "1"
    if not (partitions.isdecimal() and int(partitions)):
        raise EngineError(f"{PARTITIONS_VARIABLE} is {partitions!r}: expected a whole number above 0")
    environment = {
        "DUEBOOK_DBT_TARGET": "spark",
        "DUEBOOK_SPARK_WAREHOUSE": str((folder / WAREHOUSE).absolute()),
    }
    if os.environ.get(MASTER_VARIABLE, "local").startswith("local"):
        # No other machine is to reach a session on this one, and its name needn't be one that can be looked up. The
        # workers of a cluster have to reach it.
        environment["SPARK_LOCAL_IP"] = "127.0.0.1"
    return environment


def read_marts(folder: Path, marts_file: Path, schema: str, models: Sequence[Model]) -> dict[str, int]:
    """Read the marts that dbt built into a DuckDB file, under the same names, with the types of their contract.

    Large marts stay where they are, and the file has views over them.

    Args:
        folder: Spark's, of the home.
        marts_file: the file; a new one, or one without this schema.
        schema: theirs.
        models: as dbt's manifest describes them.

    Returns:
        How many rows each has.
    """
    read = {}
    with duckdb.connect(marts_file) as marts:
        # Spark's timestamps are moments; the marts' are what was landed, in UTC.
        marts.execute("set timezone = 'UTC'")
        marts.execute(f"create schema {identifier(schema)}")
        for model in models:
            name, files = model["name"], folder / WAREHOUSE / f"{schema}.db" / model["name"]
            table, rows = identifier(schema, name), rows_in(files)
            types = {column["name"]: column["data_type"] for column in model["columns"].values()}
            is_there = has_files(files)
            read[name] = marts.execute(f"select count(*) from {rows}").fetchone()[0] if is_there else 0
            # Personal marts aren't published as Parquet.
            if is_there and schema == MARTS_SCHEMA and (month_column(model) or read[name] > MOST_ROWS):
                define(marts, (marts_file.stem, schema, name), rows, types)
                continue
            typed = (f"{identifier(column)} {kind}" for column, kind in types.items())
            marts.execute(f"create table {table} ({', '.join(typed)})")
            if is_there:
                marts.execute(f"insert into {table} by name select * from {rows}")
    return read
