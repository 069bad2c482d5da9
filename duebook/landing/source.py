"""The dlt source and pipeline: a resource for each raw table, Arrow batches in the contract's exact types, append only.

A table's resource sends four kinds of rows: good rows, bad rows for quarantine, a row for each file, and one for each
column of it. So they are part of the same load, also if only some tables are loaded.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dlt
import duckdb
import pyarrow as pa
from dlt import Pipeline
from dlt.common.schema.typing import TTableSchemaColumns
from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials
from dlt.sources import DltResource

from duebook.contract import Column, Contract, Table
from duebook.database_files import open_database
from duebook.encryption import is_encrypted
from duebook.landing.checking import CheckedFile, bad_rows, good_rows
from duebook.landing.raw_files import LAYOUT
from duebook.landing.registry import LANDED_COLUMNS, LOADED_FILES, QUARANTINED_ROWS, raw_tables
from duebook.settings import RAW_SCHEMA, Settings
from duebook.sql_text import identifier, literal

# One row group of the Parquet files dlt hands to DuckDB.
BATCH_ROWS = 122_880

_DLT_TYPES = {
    "string": {"data_type": "text"},
    "date": {"data_type": "date"},
    "timestamp": {"data_type": "timestamp", "timezone": False},
    "boolean": {"data_type": "bool"},
    "integer": {"data_type": "bigint", "precision": 32},
    "bigint": {"data_type": "bigint"},
}
_ARROW_TYPES = {
    "string": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
}


@dataclass(frozen=True)
class CheckedLanding:
    """What a load must write: the new, checked files by table, in the order of loading; and the tables to create."""

    con: duckdb.DuckDBPyConnection
    files: Mapping[str, tuple[CheckedFile, ...]]
    absent: frozenset[str]
    loaded_at: datetime


@contextmanager
def landing_pipeline(settings: Settings) -> Iterator[Pipeline]:
    """Yield the dlt pipeline into the landing database or the raw files, with its working folder in the home."""
    # Switches of dlt: tables are sent one after the other, so that only the batches of one table are in memory; and
    # what it noted in former loads isn't read, for it looks at the tables themselves, and no resource has a state.
    os.environ |= {"EXTRACT__NEXT_ITEM_MODE": "fifo", "RESTORE_FROM_DESTINATION": "false"}
    file = settings.landed_file
    if not is_encrypted(file):
        yield _pipeline("landing", settings.loading_dir, settings, str(file))
        return
    with open_database(file) as connection:
        # For each of dlt's cursors: they don't know which database the connection uses.
        uses = [f"search_path={literal(identifier(file.stem, 'main'))}"]
        yield _pipeline("landing", settings.loading_dir, settings, DuckDbCredentials(connection, pragmas=uses))


def named_pipeline(settings: Settings) -> Pipeline:
    """Return a pipeline that only names the destination: it stores nothing, so it can't disturb a running load."""
    with TemporaryDirectory(prefix="duebook ") as nowhere:
        return _pipeline("landing_definitions", Path(nowhere), settings, str(settings.landed_file))


def _pipeline(name: str, folder: Path, settings: Settings, database: str | DuckDbCredentials) -> Pipeline:
    destinations = dlt.destinations
    return dlt.pipeline(
        name,
        pipelines_dir=str(folder),
        destination=destinations.filesystem(str(folder), layout=LAYOUT)
        if settings.raw_as_files
        else destinations.duckdb(database),
        dataset_name=RAW_SCHEMA,
    )


@dlt.source(name="landing")
def landing_source(contract: Contract, checked: CheckedLanding | None = None) -> list[DltResource]:
    """Return each raw table as a resource; without a checked landing they have no rows (enough to define assets)."""
    return [_resource(table, checked) for table in raw_tables(contract)]


def _resource(table: Table, checked: CheckedLanding | None) -> DltResource:
    def batches() -> Iterator[Any]:
        if checked is None:
            return
        files = checked.files.get(table.name, ())
        # Two may get no rows, so they are created here; loaded_files gets a row for every file.
        for needed in (table, LANDED_COLUMNS, QUARANTINED_ROWS) if files else (table,):
            if needed.name in checked.absent:
                yield _to(needed, arrow_schema(needed).empty_table())
        if not files:
            return
        added = (dlt.current.load_package_state()["load_id"], checked.loaded_at)
        yield from _sent(table, checked.con, good_rows(table, *added))
        yield from _sent(QUARANTINED_ROWS, checked.con, bad_rows(table, *added))
        yield _to(LOADED_FILES, _registered(files, *added))
        if any(file.columns for file in files):
            yield _to(LANDED_COLUMNS, _columns_of(files, *added))

    # The resource has the table's name, but each batch has its own hints: a resource writes to more than one table.
    return dlt.resource(batches, name=table.name, write_disposition="append", file_format="parquet")


def _sent(table: Table, con: duckdb.DuckDBPyConnection, query: str) -> Iterator[Any]:
    reader = con.cursor().execute(query).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        if batch.num_rows:
            yield _to(table, batch)


def _registered(files: Sequence[CheckedFile], load_id: str, loaded_at: datetime) -> pa.Table:
    rows = [
        {
            "file_number": file.number,
            "table_name": file.file.table.name,
            "source_file": file.file.name,
            "content_hash": file.content_hash,
            "unpacked_hash": file.unpacked_hash,
            "load_id": load_id,
            "loaded_at": loaded_at,
            "rows_read": file.rows_read,
            "rows_loaded": file.rows_loaded,
            "rows_quarantined": file.rows_quarantined,
        }
        for file in files
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(LOADED_FILES))


def _columns_of(files: Sequence[CheckedFile], load_id: str, loaded_at: datetime) -> pa.Table:
    table = files[0].file.table
    in_contract = {column.name: column.data_type for column in table.landed_columns}
    rows = [
        {
            "table_name": table.name,
            "source_file_number": file.number,
            "column_name": name,
            "landed_type": landed_type,
            "contract_type": in_contract.get(name),
            "load_id": load_id,
            "loaded_at": loaded_at,
        }
        for file in files
        for name, landed_type in file.columns.items()
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(LANDED_COLUMNS))


def _to(table: Table, batch: pa.Table | pa.RecordBatch) -> Any:
    hints = dlt.mark.make_hints(
        table_name=table.name, columns=dlt_columns(table), write_disposition="append", file_format="parquet"
    )
    return dlt.mark.with_hints(batch, hints, create_table_variant=True)


def arrow_schema(table: Table) -> pa.Schema:
    """Return a raw table's columns as an Arrow schema."""
    return pa.schema([(column.name, _arrow_type(column)) for column in table.columns])


def dlt_columns(table: Table) -> TTableSchemaColumns:
    """Return a raw table's columns in dlt's form."""
    return {column.name: {"name": column.name, **_dlt_type(column)} for column in table.columns}


def _arrow_type(column: Column) -> pa.DataType:
    return pa.decimal128(*column.size) if column.kind == "decimal" else _ARROW_TYPES[column.kind]


def _dlt_type(column: Column) -> dict[str, Any]:
    if column.kind == "decimal":
        precision, scale = column.size
        return {"data_type": "decimal", "precision": precision, "scale": scale}
    return _DLT_TYPES[column.kind]
