"""The real models on a landing made in memory: dbt compiles them once, DuckDB runs the compiled SQL for every example.

Here: compiling, loading rows into raw tables, building the models, reading the marts. Not here: what the marts should
say (support/oracle), and dbt's own tests, contracts and materialisations, which the whole refresh is for.
"""

import csv
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from duebook.contract import Table, read_contract
from duebook.landing.registry import raw_tables
from duebook.landing.source import arrow_schema
from duebook.settings import (
    DBT_PROJECT_DIR,
    LANDED_ALIAS,
    MARTS_DATABASE,
    MARTS_SCHEMA,
    PERSONAL_SCHEMA,
    RAW_SCHEMA,
    Settings,
)
from duebook.warehouse.calling_dbt import DBT_EXECUTABLE, tie_dbt_to_this_process
from duebook.warehouse.dbt_arguments import dbt_environment
from duebook.warehouse.manifest import MANIFEST, PARTIAL_PARSE
from tests.support.oracle.landing import Landing
from tests.support.processes import COMPILED_FOLDER
from tests.support.warehouses import look_in_both

REPORTING_CURRENCY = "INR"

# The days of most tests: within a month, at the end of one, and one that is also the last day of what is known.
MID_MONTH = date(2026, 3, 4)
MONTH_END = date(2024, 2, 29)
KNOWN_DAY = date(2026, 2, 16)
# Days the models are compiled for, before those of a test take their places.
STAND_IN_DAY, STAND_IN_KNOWN = date(2001, 11, 17), date(2003, 3, 19)

# The marts held against the oracle or the published cases; they and what they are made of are built, and nothing else.
MARTS = (
    "fct_receivables_ledger",
    "fct_invoices",
    "open_items",
    "open_amount_tie_out",
    "receivables_daily",
    "receivables_rollforward_monthly",
    "aging_monthly",
    "dso_monthly",
    "cei_monthly",
    "delinquency_monthly",
    "accounts_per_employee_monthly",
)

# What the loader and the gates write beside the contract's tables: models about quality read them.
LOADER_TABLES = {
    "loaded_files": """file_number bigint, table_name varchar, source_file varchar, content_hash varchar,
        load_id varchar, loaded_at timestamp, rows_read bigint, rows_loaded bigint, rows_quarantined bigint""",
    "quarantined_rows": """table_name varchar, source_file varchar, source_file_number bigint, source_row bigint,
        column_name varchar, value varchar, reason varchar, row_key varchar, row_as_landed varchar, load_id varchar,
        loaded_at timestamp""",
    "check_results": """checked_at timestamp, as_of_date date, gate varchar, table_name varchar, expectation varchar,
        column_name varchar, success boolean, observed varchar, unexpected_count bigint, examples varchar,
        severity varchar, accepted boolean, refresh_id varchar""",
    "refreshes": """refresh_id varchar, as_of_date date, known_as_of date, started_at timestamp, ended_at timestamp,
        status varchar, detail varchar, landed_rows bigint, quarantined_rows bigint, published_path varchar""",
    "audit_events": """event_hash varchar, logged_at timestamp, event varchar, command varchar, account_id bigint,
        subject varchar, counts varchar, duebook_version varchar""",
}
# Of these, what gates, publications and commands write; the loader makes the others with the raw tables.
WRITTEN_BESIDE = ("check_results", "refreshes", "audit_events")


@dataclass(frozen=True)
class CompiledModels:
    """The statements that build seeds and models, in order, for one as-of day; the database they name; the manifest."""

    as_of: date
    warehouse: str
    seeds: tuple[tuple[str, Path, Mapping[str, str]], ...]
    statements: tuple[str, ...]
    manifest: Mapping[str, Any]

    def build(self, landing: Landing) -> duckdb.DuckDBPyConnection:
        """A connection to a warehouse in memory in which the marts stand, built from the landing's rows."""
        connection = duckdb.connect(config={"threads": 1})
        for database in (LANDED_ALIAS, self.warehouse, MARTS_DATABASE):
            connection.execute(f"attach ':memory:' as {database}")
        connection.execute(f"use {LANDED_ALIAS}; create schema {RAW_SCHEMA}")
        for table in raw_tables(read_contract()):
            columns = ", ".join(f"{column.name} {column.sql_type}" for column in table.columns)
            connection.execute(f"create table {RAW_SCHEMA}.{table.name} ({columns})")
            if rows := landing.get(table.name):
                connection.register("landed_rows", as_arrow(table, rows))
                connection.execute(f"insert into {RAW_SCHEMA}.{table.name} select * from landed_rows")
                connection.unregister("landed_rows")
        for table in WRITTEN_BESIDE:
            connection.execute(f"create table {RAW_SCHEMA}.{table} ({LOADER_TABLES[table]})")
            for row in landing.get(table, ()):
                places = ", ".join("?" for _ in row)
                statement = f"insert into {RAW_SCHEMA}.{table} ({', '.join(row)}) values ({places})"
                connection.execute(statement, list(row.values()))
        for schema in ("reference", "staging", "intermediate", PERSONAL_SCHEMA):
            connection.execute(f"create schema {self.warehouse}.{schema}")
        connection.execute(f"create schema {MARTS_DATABASE}.{MARTS_SCHEMA}")
        look_in_both(connection, self.warehouse)
        for relation, path, types in self.seeds:
            _load_seed(connection, relation, path, types)
        for statement in self.statements:
            connection.execute(statement)
        return connection

    def of(self, marts: Iterable[str]) -> "CompiledModels":
        """The same compilation, for other marts: they and what they are made of."""
        return _compiled(self.as_of, self.manifest, tuple(marts))

    def failures(self, connection: duckdb.DuckDBPyConnection, data_test: str) -> list[tuple]:
        """The rows a dbt data test of the project finds wrong in a warehouse built here."""
        [test] = [node for node in self.manifest["nodes"].values() if node["name"] == data_test]
        return connection.execute(test["compiled_code"]).fetchall()


def as_arrow(table: Table, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """The rows as the raw table types them; a column a row does not have is NULL."""
    schema = arrow_schema(table)
    return pa.table([pa.array([row.get(field.name) for row in rows], type=field.type) for field in schema], schema)


def _load_seed(connection: duckdb.DuckDBPyConnection, relation: str, path: Path, types: Mapping[str, str]) -> None:
    with path.open(newline="") as file:
        header = next(csv.reader(file))
    columns = {name: types.get(name, "varchar").replace("string", "varchar") for name in header}
    connection.execute(
        f"create table {relation} as select * from read_csv(?, header = true, columns = {columns!r})", [str(path)]
    )


def run_dbt(
    settings: Settings,
    arguments: Iterable[str],
    target: Path,
    changed_since: Mapping[str, Any] | None = None,
    engine: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Run dbt on the project as a refresh calls it, with the files of the settings' home; an error shows its words.

    `engine`: the variables of another engine than DuckDB, as its module in duebook/engines makes them.
    """
    tie_dbt_to_this_process()
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    # Parsing the project is most of a first run.
    parsed = MANIFEST.with_name(PARTIAL_PARSE)
    if not engine and not (target / parsed.name).exists() and parsed.exists():
        shutil.copy(parsed, target)
    options = {
        "--project-dir": DBT_PROJECT_DIR,
        "--profiles-dir": DBT_PROJECT_DIR,
        "--target-path": target,
        "--log-path": target,
    }
    # A log of its own would take a fifth of dbt's time, and the manifest, which it writes twice, two seconds; what a
    # test says of both comes later, and counts.
    what, *how = arguments
    command = [DBT_EXECUTABLE, what, "--quiet", "--log-level-file", "none", "--no-write-json", *how]
    command += [part for option in options.items() for part in option]
    environment = (
        os.environ | dbt_environment(settings, settings.as_of, settings.warehouse_file, changed_since) | engine
    )
    done = subprocess.run([str(part) for part in command], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"dbt failed:\n{done.stdout}\n{done.stderr}")


@cache
def compiled_models(as_of: date, known_as_of: date | None = None) -> CompiledModels:
    """The models compiled for an as-of day (and a day they were known by).

    Compiling takes seconds, so a test run does it once, for days nothing else speaks of, and puts in the others.
    """
    known = known_as_of and STAND_IN_KNOWN
    manifest = Path(os.environ[COMPILED_FOLDER]) / f"known_{known}.json"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    with manifest.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not manifest.exists():
            compile_models(STAND_IN_DAY, known, manifest)
    text = manifest.read_text().replace(str(STAND_IN_DAY), str(as_of)).replace(str(STAND_IN_KNOWN), str(known_as_of))
    return _compiled(as_of, json.loads(text))


def compile_models(as_of: date, known_as_of: date | None, manifest: Path) -> None:
    """Have dbt compile every model for a day; its manifest is left at a path."""
    with TemporaryDirectory() as folder:
        settings = Settings(
            home=Path(folder), as_of=as_of, known_as_of=known_as_of, reporting_currency=REPORTING_CURRENCY
        )
        settings.landed_file.parent.mkdir(parents=True, exist_ok=True)
        duckdb.connect(settings.landed_file).close()
        run_dbt(settings, ["compile", "--write-json"], settings.dbt_dir)
        shutil.move(settings.dbt_dir / "manifest.json", manifest)


def _compiled(as_of: date, manifest: Mapping[str, Any], marts: tuple[str, ...] = MARTS) -> CompiledModels:
    nodes = {id_: node for id_, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")}
    parents: dict[str, list[str]] = {}
    wanted = [id_ for id_, node in nodes.items() if node["name"] in marts]
    while wanted:
        id_ = wanted.pop()
        parents[id_] = [parent for parent in nodes[id_]["depends_on"].get("nodes", ()) if parent in nodes]
        wanted += [parent for parent in parents[id_] if parent not in parents]
    order = [nodes[id_] for id_ in TopologicalSorter(parents).static_order()]
    seeds = tuple(
        (node["relation_name"], DBT_PROJECT_DIR / node["original_file_path"], node["config"]["column_types"])
        for node in order
        if node["resource_type"] == "seed"
    )
    statements = tuple(
        f"create {_kind(node)} {node['relation_name']} as {node['compiled_code']}"
        for node in order
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    )
    warehouse = next(node["database"] for node in order if node["database"] != MARTS_DATABASE)
    return CompiledModels(as_of, warehouse, seeds, statements, manifest)


def _kind(node: Mapping[str, Any]) -> str:
    """A mart that is a view stays one: as a table it would be computed for every month."""
    is_view = node["fqn"][1] == "marts" and node["config"]["materialized"] == "replaced_view"
    return "view" if is_view else "table"


def views_of_marts(manifest: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The statements that create views among the marts in a database of their tables."""
    nodes = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    own = f'"{MARTS_DATABASE}".'
    return [f"create view {MARTS_SCHEMA}.{name} as {nodes[name]['compiled_code'].replace(own, '')}" for name in names]


def mart_rows(connection: duckdb.DuckDBPyConnection, mart: str, key: tuple[str, ...]) -> dict[tuple, dict[str, Any]]:
    """The mart's rows by the values of its key columns; a key that repeats is an error."""
    cursor = connection.execute(f"select * from {MARTS_SCHEMA}.{mart}")
    names = [column[0] for column in cursor.description]
    rows: dict[tuple, dict[str, Any]] = {}
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        place = tuple(row[name] for name in key)
        if place in rows:
            raise AssertionError(f"{mart} has two rows for {dict(zip(key, place, strict=True))}")
        rows[place] = row
    return rows


def load_time(day: date) -> datetime:
    """Noon of the day: when the rows of a day's load were landed."""
    return datetime(day.year, day.month, day.day, 12)
