"""The raw tables as Dagster assets, one a table, loaded together in one step.

Here: their keys, owners, descriptions and column schemas (from the contract), and what a run tells of them. Not here:
how files are loaded (duebook/landing/loading.py). A load takes whatever is new; the business day of the run makes no
difference to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import dagster as dg
from dagster_dlt import DagsterDltResource, DagsterDltTranslator, dlt_assets
from dagster_dlt.translator import DltResourceTranslatorData

from duebook.contract import Column, Contract, Table
from duebook.landing.files import LandingBusyError, LandingError
from duebook.landing.load_errors import first_line
from duebook.landing.loading import PreparedLoad, TableCounts, prepared_load
from duebook.landing.registry import raw_tables, row_counts
from duebook.landing.source import landing_source, named_pipeline
from duebook.settings import OWNERS, RAW_SCHEMA, Settings
from orchestration.defs.partitions import by_day
from orchestration.defs.resources import OnlyWriter

GROUP = "landing"
# Somebody looking into the landing database with another tool closes it sooner or later.
BUSY_RETRIES, BUSY_WAIT_SECONDS = 3, 30


class RawTableTranslator(DagsterDltTranslator):
    """Names a dlt resource after its raw table, and describes it by the contract."""

    def __init__(self, contract: Contract, sources: Mapping[str, Sequence[dg.AssetKey]]) -> None:
        super().__init__()
        self._sources = sources
        self._landed = contract.tables
        self._tables = {table.name: table for table in raw_tables(contract)}

    def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
        """One raw table; what it is loaded from is the folder of its files."""
        table = self._tables[data.resource.name]
        spec = super().get_asset_spec(data)
        return spec.replace_attributes(
            key=raw_key(table),
            deps=[folder_key(table), *self._sources.get(table.name, ())] if table in self._landed else [],
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


def landing_folders(contract: Contract) -> list[dg.AssetSpec]:
    """The folders of landed files, an asset each that nobody here makes."""
    return [
        dg.AssetSpec(
            key=folder_key(table),
            description=f"Files the source lands under {table.domain}/{table.name}/. {table.description}",
            group_name=GROUP,
            owners=OWNERS,
            kinds={"file"},
        )
        for table in contract.tables
    ]


def load_asset(
    settings: Settings, contract: Contract, sources: Mapping[str, Sequence[dg.AssetKey]]
) -> dg.AssetsDefinition:
    """The step that loads what has landed, with an asset a raw table; after the sources that feed it."""

    @dlt_assets(
        name="load",
        dlt_source=landing_source(contract),
        # A run makes its own.
        dlt_pipeline=named_pipeline(settings),
        dagster_dlt_translator=RawTableTranslator(contract, sources),
        **by_day(settings),
    )
    def load(context: dg.AssetExecutionContext, dlt: DagsterDltResource, only_writer: OnlyWriter) -> Iterator[object]:
        """Load every new file of the landing into the raw tables asked for."""
        yield from _load(context, dlt, settings, contract)

    return load


def _load(
    context: dg.AssetExecutionContext, dlt: DagsterDltResource, settings: Settings, contract: Contract
) -> Iterator[dg.MaterializeResult]:
    """Load, and tell of each table what came of it.

    Raises:
        dagster.Failure: the landing can't be loaded; says which file, row and column, and what was expected.
    """
    asked_for = frozenset(key.path[-1] for key in context.selected_asset_keys)
    try:
        with prepared_load(settings, partial(_say, context.log), asked_for) as prepared:
            results = list(dlt.run(context=context, dlt_source=prepared.source, dlt_pipeline=prepared.pipeline))
    except LandingBusyError as error:
        raise dg.RetryRequested(BUSY_RETRIES, BUSY_WAIT_SECONDS) from error
    except LandingError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except Exception as error:
        # For whoever fixes it the stack stands in the log; a person at the terminal has no use for it.
        context.log.error("The load failed in a way nobody thought of.", exc_info=True)
        raise dg.Failure(
            description=f"{first_line(error)} (the full log has the stack)", allow_retries=False
        ) from error
    counts = row_counts(settings, contract)
    tables = {table.name: table for table in raw_tables(contract)}
    for result in results:
        table = tables[result.asset_key.path[-1]]
        landed = prepared.counts(table.name) if table in contract.tables else None
        metadata = {**result.metadata, **_told(table, prepared, landed, counts.get(table.name, 0))}
        yield dg.MaterializeResult(asset_key=result.asset_key, metadata=metadata)


def _say(log: dg.DagsterLogManager, line: str) -> None:
    """Log a line; a person sees warnings at once."""
    (log.warning if line.startswith("warning: ") else log.info)(line)


def _told(table: Table, prepared: PreparedLoad, landed: TableCounts | None, rows: int) -> dict[str, Any]:
    told: dict[str, Any] = {"dagster/column_schema": column_schema(table), "dagster/row_count": rows}
    if landed:
        told |= {
            "files_loaded": len(prepared.checked.get(table.name, ())),
            "rows_read": landed.rows_read,
            "rows_loaded": landed.rows_loaded,
            "rows_quarantined": landed.rows_quarantined,
        }
    return told
