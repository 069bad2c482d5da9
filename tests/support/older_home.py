"""A home as release 0.1.0 left it, made of one that was refreshed just now.

Here: the same rows in the tables and columns that release had (home_of_0_1_0.sql), its records, and none of what came
later. Not here: any expectation.
"""

import json
import re
from pathlib import Path

import duckdb
from dlt.common.schema import Schema

from duebook.publication.record import RECORD_NAME
from duebook.settings import MARTS_SCHEMA, RAW_SCHEMA, Settings, marts_file_of
from duebook.sql_text import attach
from duebook.warehouse.build_plan import record_file

SHAPE = Path(__file__).with_name("home_of_0_1_0.sql")
# What it noted of a build and of a publication.
OF_A_BUILD = ("built_for", "attempted", "made_from", "left_as", "landed_files", "published_by")
OF_A_PUBLICATION = (
    *("as_of", "known_as_of", "reporting_currency", "refresh_id", "published_at", "duebook_version", "database"),
    *("parquet", "row_counts", "left_as"),
)


def make_it_0_1_0(settings: Settings) -> None:
    """Give a home's files the shape they had, in place."""
    make_landed_file_0_1_0(settings)
    _reshape(settings.published_file, MARTS_SCHEMA)
    # The marts stood in the warehouse's own file.
    marts_file_of(settings.warehouse_file).replace(settings.warehouse_file)
    _keep(record_file(settings.warehouse_file), OF_A_BUILD)
    _keep(settings.published_dir / RECORD_NAME, OF_A_PUBLICATION)
    state = settings.older_loading_dir / "landing" / "state.json"
    state.parent.mkdir(parents=True)
    state.write_text("{}", encoding="utf-8")


def make_landed_file_0_1_0(settings: Settings) -> None:
    """Give the landing file the shape it had; the gates have looked at it once."""
    _reshape(settings.landed_file, RAW_SCHEMA)
    _forget_later_columns(settings.landed_file)


def _reshape(file: Path, schema: str) -> None:
    """Copy what a file has into the tables and columns there were."""
    older = file.with_suffix(".older")
    with duckdb.connect(older) as connection:
        for statement in re.findall(rf"create schema {schema};|create table {schema}[.][^;]*;", SHAPE.read_text()):
            connection.execute(statement)
        connection.execute(attach(file, "later"))
        tables = connection.execute(
            "select table_name, string_agg(column_name, ', ' order by column_index) from duckdb_columns()"
            " where database_name = current_database() and schema_name = ?"
            # What dlt noted of itself is noted no more.
            " and table_name in (select table_name from duckdb_tables() where database_name = 'later') group by all",
            [schema],
        ).fetchall()
        for table, columns in tables:
            connection.execute(f"insert into {schema}.{table} select {columns} from later.{schema}.{table}")
    older.replace(file)


def _forget_later_columns(landed_file: Path) -> None:
    """Have dlt's own note of the tables name those that are there, and no other."""
    with duckdb.connect(landed_file) as landed:
        there: dict[str, set[str]] = {}
        for table, column in landed.execute("select table_name, column_name from duckdb_columns()").fetchall():
            there.setdefault(table, set()).add(column)
        for known_as, text in landed.execute(f"select version_hash, schema from {RAW_SCHEMA}._dlt_version").fetchall():
            noted = json.loads(text)
            noted["tables"] = {
                name: {
                    **table,
                    "columns": {column: hint for column, hint in table["columns"].items() if column in there[name]},
                }
                for name, table in noted["tables"].items()
                if name in there
            }
            schema = Schema.from_dict(noted)
            values = {"hash": schema.version_hash, "schema": json.dumps(schema.to_dict(), default=str), "was": known_as}
            noted_there = f"update {RAW_SCHEMA}._dlt_version set version_hash = $hash, schema = $schema"
            landed.execute(f"{noted_there} where version_hash = $was", values)


def _keep(record: Path, names: tuple[str, ...]) -> None:
    noted = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps({name: noted[name] for name in names}), encoding="utf-8")
