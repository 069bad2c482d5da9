"""Spark: raw tables as Parquet files beside the landing's DuckDB file, a session that knows them, dbt in that session.

The catalogue is in memory, and what a home has under `spark` is the truth: raw tables and the publication are declared
anew in every session. A build starts over: Parquet has no transaction, so a table may be left half written, and none is
read that this build hasn't written.

Here: files and statements, and dbt's process on Spark. Not here: how Spark is set (dbt_project/profiles.yml), SQL that
differs by engine (dbt_project/macros/portable).
"""

import json
import shutil

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from duebook.settings import DBT_PROJECT_DIR, RAW_SCHEMA
from duebook.sql_text import identifier, literal

TARGET = "spark"
WAREHOUSE_VARIABLE = "DUEBOOK_SPARK_WAREHOUSE"
PUBLISHED_SCHEMA = "published"
# The column that names a raw row's file. Tables without it are small, and written anew each time.
FILE_NUMBER = "source_file_number"
LOAD_ID = "load_id"
# Spark's names for DuckDB's types; it calls the others (boolean, date, timestamp, decimals) the same.
SPARK_TYPES = {"VARCHAR": "string", "BIGINT": "bigint", "INTEGER": "int", "TIMESTAMP WITH TIME ZONE": "timestamp"}


class UnfinishedBuildError(Exception):
    """dbt failed on Spark; says which of its nodes did."""


@dataclass(frozen=True)
class Places:
    """Where a home keeps what Spark reads and writes."""

    folder: Path

    @property
    def raw(self) -> Path:
        """The raw tables: a folder a table, a Parquet file a loaded file."""
        return self.folder / "raw"

    @property
    def warehouse(self) -> Path:
        """What Spark builds, a folder a schema and in it one a table."""
        return self.folder / "warehouse"


def write_raw(landing_file: Path, places: Places) -> dict[str, int]:
    """Write the raw tables of a landing's DuckDB file as Parquet: of files that were loaded before, nothing again.

    Args:
        landing_file: the loader's database.
        places: of the home.

    Returns:
        How many Parquet files were written, by table.
    """
    written = {}
    with duckdb.connect(landing_file, read_only=True) as landing:
        for table, columns in _raw_columns(landing).items():
            folder = places.raw / table
            folder.mkdir(parents=True, exist_ok=True)
            wanted = _files_of(landing, table, columns)
            there = {file.name for file in folder.iterdir()}
            for name in there - wanted.keys():
                (folder / name).unlink()
            missing = [name for name in wanted if name not in there or wanted[name] == "true"]
            for name in missing:
                # Under another name first, which Spark passes over: a file is there as a whole or not at all.
                unfinished = folder / f"_{name}"
                landing.execute(
                    f"copy (select * from {identifier(RAW_SCHEMA, table)} where {wanted[name]})"
                    f" to {literal(unfinished)} (format parquet, compression zstd)"
                )
                unfinished.replace(folder / name)
            written[table] = len(missing)
    return written


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


def _files_of(landing: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> dict[str, str]:
    """The condition on the rows of each Parquet file of a table, by the file's name."""
    if FILE_NUMBER not in columns:
        return {"all.parquet": "true"}
    found = landing.execute(
        f"select distinct {FILE_NUMBER}, {LOAD_ID} from {identifier(RAW_SCHEMA, table)} order by all"
    ).fetchall()
    return {
        f"{number:09d}_{load_id}.parquet": f"{FILE_NUMBER} = {number} and {LOAD_ID} = {literal(load_id)}"
        for number, load_id in found
    }


def declarations(landing_file: Path, places: Places, published: Path | None = None) -> Iterator[str]:
    """Give the statements that make Spark know the raw tables, and the marts of the publication that a build replaces.

    Args:
        landing_file: the loader's database, for the columns.
        places: of the home.
        published: the publication's folder of Parquet files; None or missing: nothing is published yet.
    """
    yield f"create schema if not exists {RAW_SCHEMA}"
    with duckdb.connect(landing_file, read_only=True) as landing:
        tables = _raw_columns(landing)
    for table, columns in tables.items():
        listed = ", ".join(f"{column} {SPARK_TYPES.get(kind, kind)}" for column, kind in columns.items())
        location = literal((places.raw / table).absolute().as_uri())
        yield f"create table if not exists {RAW_SCHEMA}.{table} ({listed}) using parquet location {location}"
    yield f"create schema if not exists {PUBLISHED_SCHEMA}"
    for files in sorted(published.iterdir()) if published and published.is_dir() else []:
        location = literal(files.absolute().as_uri())
        yield f"create table if not exists {PUBLISHED_SCHEMA}.{files.stem} using parquet location {location}"


def start_over(places: Places) -> None:
    """Remove what earlier builds left: a session doesn't know their tables, and Spark writes over no folder."""
    shutil.rmtree(places.warehouse, ignore_errors=True)


def dbt_on_spark(arguments: list[str], statements: list[str]) -> None:
    """Call dbt on Spark in this process, which is to end afterwards: its Java machine goes on as long as it does.

    Args:
        arguments: dbt's, without target and folders.
        statements: what the session is told first.

    Raises:
        UnfinishedBuildError: dbt failed.
    """
    from dbt.cli.main import dbtRunner

    of_all = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR), "--target", TARGET]
    parsed = dbtRunner().invoke(["parse", *of_all])
    if not parsed.success:
        raise UnfinishedBuildError(f"dbt can't read its project: {parsed.exception}")
    dbt = dbtRunner(manifest=parsed.result)
    told = dbt.invoke(["run-operation", "run_statements", *of_all, "--args", json.dumps({"statements": statements})])
    if not told.success:
        raise UnfinishedBuildError(f"Spark can't take what the landing has: {told.exception}")
    done = dbt.invoke([*arguments, *of_all])
    if not done.success:
        failed = [each.node.name for each in done.result or [] if each.status in {"error", "fail"}]
        raise UnfinishedBuildError(f"dbt failed on Spark: {done.exception or ', '.join(failed)}")
