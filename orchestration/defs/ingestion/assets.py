"""The raw tables as Dagster assets, one a table, loaded together in one step.

Here: their keys, owners, descriptions and column schemas (from the contract), and what a run tells of them. Not here:
how files are loaded (``loading``). A load takes whatever is new; the business day of the run makes no difference to it.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import dagster as dg
from dagster_dlt import DagsterDltResource, DagsterDltTranslator, dlt_assets
from dagster_dlt.translator import DltResourceTranslatorData

from orchestration.defs.ingestion.contract import Column, Table, read_contract
from orchestration.defs.ingestion.failures import first_line
from orchestration.defs.ingestion.files import LandingBusyError, LandingError
from orchestration.defs.ingestion.loading import PreparedLoad, prepared_load
from orchestration.defs.ingestion.registry import raw_tables, row_counts
from orchestration.defs.ingestion.source import landing_source, named_pipeline
from orchestration.defs.partitions import business_days, single_run
from orchestration.defs.resources import OnlyWriter
from orchestration.settings import OWNERS, RAW_SCHEMA, get_settings

GROUP = "landing"
# Somebody looking into the landing database with another tool closes it sooner or later.
BUSY_RETRIES, BUSY_WAIT_SECONDS = 3, 30

contract = read_contract()
_tables = {table.name: table for table in raw_tables(contract)}


class RawTableTranslator(DagsterDltTranslator):
    """Names a dlt resource after its raw table, and describes it by the contract."""

    def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
        """One raw table; what it is loaded from is the folder of its files."""
        table = _tables[data.resource.name]
        spec = super().get_asset_spec(data)
        return spec.replace_attributes(
            key=raw_key(table),
            deps=[folder_key(table)] if table in contract.tables else [],
            description=table.description,
            group_name=GROUP,
            owners=OWNERS,
            metadata={**spec.metadata, "dagster/column_schema": column_schema(table)},
        )


def raw_key(table: Table) -> dg.AssetKey:
    """The asset key of a raw table."""
    return dg.AssetKey([RAW_SCHEMA, table.name])


def folder_key(table: Table) -> dg.AssetKey:
    """The asset key of a table's folder in the landing."""
    return dg.AssetKey([GROUP, table.domain, table.name])


def column_schema(table: Table) -> dg.TableSchema:
    """A raw table's columns as Dagster shows them."""
    return dg.TableSchema(columns=[_column(table, column) for column in table.columns])


def _column(table: Table, column: Column) -> dg.TableColumn:
    return dg.TableColumn(
        name=column.name,
        type=column.sql_type,
        description=column.description,
        constraints=dg.TableColumnConstraints(nullable=column.name not in table.key),
        tags={"personal": "true"} if column.personal else {},
    )


landing_folders = [
    dg.AssetSpec(
        key=folder_key(table),
        description=f"Files the source lands under {table.domain}/{table.name}/. {table.description}",
        group_name=GROUP,
        owners=OWNERS,
        kinds={"file"},
    )
    for table in contract.tables
]


@dlt_assets(
    name="load",
    dlt_source=landing_source(contract),
    # A run makes its own.
    dlt_pipeline=named_pipeline(get_settings()),
    dagster_dlt_translator=RawTableTranslator(),
    partitions_def=business_days,
    backfill_policy=single_run,
    pool="duckdb",
)
def load(context: dg.AssetExecutionContext, dlt: DagsterDltResource, only_writer: OnlyWriter) -> Iterator[object]:
    """Load every new file of the landing into the raw tables asked for.

    Raises:
        dagster.Failure: the landing can't be loaded; says which file, row and column, and what was expected.
    """
    settings = get_settings()
    asked_for = frozenset(key.path[-1] for key in context.selected_asset_keys)
    try:
        with prepared_load(settings, partial(_say, context.log), asked_for) as prepared:
            results = list(dlt.run(context=context, dlt_source=prepared.source, dlt_pipeline=prepared.pipeline))
    except LandingBusyError as error:
        raise dg.RetryRequested(BUSY_RETRIES, BUSY_WAIT_SECONDS) from error
    except LandingError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except Exception as error:
        # For whoever mends it the stack stands in the log; a person at the terminal has no use for it.
        context.log.error("The load failed in a way nobody thought of.", exc_info=True)
        raise dg.Failure(
            description=f"{first_line(error)} (the full log has the stack)", allow_retries=False
        ) from error
    counts = row_counts(settings, contract)
    for result in results:
        table = _tables[result.asset_key.path[-1]]
        metadata = {**result.metadata, **_told(table, prepared, counts)}
        yield dg.MaterializeResult(asset_key=result.asset_key, metadata=metadata)


def _say(log: dg.DagsterLogManager, line: str) -> None:
    """Log a line; a person sees warnings at once."""
    (log.warning if line.startswith("warning: ") else log.info)(line)


def _told(table: Table, prepared: PreparedLoad, counts: dict[str, int]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "dagster/column_schema": column_schema(table),
        "dagster/row_count": counts.get(table.name, 0),
    }
    if table in contract.tables:
        count = prepared.counts(table.name)
        told |= {
            "files_loaded": len(prepared.checked.get(table.name, ())),
            "rows_read": count.rows_read,
            "rows_loaded": count.rows_loaded,
            "rows_quarantined": count.rows_quarantined,
        }
    return told


@dg.definitions
def ingestion() -> dg.Definitions:
    """The assets, the folders they come from, and dlt."""
    return dg.Definitions(assets=[load, *landing_folders], resources={"dlt": DagsterDltResource()})
