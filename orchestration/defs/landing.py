"""The raw tables as Dagster assets: one asset for each table, all loaded in one step.

Here: their keys, owners, descriptions and column schemas (from the contract), and what a run reports about them. Not
here: how files are loaded (duebook/landing/loading.py). A load takes all new files, whatever the run's business day.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import dagster as dg
from dagster_dlt import DagsterDltResource, DagsterDltTranslator, dlt_assets
from dagster_dlt.translator import DltResourceTranslatorData

from dashboard.site import write_site
from duebook.contract import Column, Contract, Table
from duebook.landing.files import LandingBusyError, LandingError
from duebook.landing.load_errors import first_line
from duebook.landing.loading import PreparedLoad, TableCounts, prepared_load
from duebook.landing.registry import raw_tables, row_counts
from duebook.landing.source import landing_source, named_pipeline
from duebook.rights.erasing import cleared_elsewhere
from duebook.rights.retention import let_go
from duebook.settings import OWNERS, RAW_SCHEMA, Settings
from orchestration.defs.partitions import by_day
from orchestration.defs.resources import OnlyWriter

GROUP = "landing"
# Somebody may have the landing database open in another tool: wait until they close it.
BUSY_RETRIES, BUSY_WAIT_SECONDS = 3, 30


class RawTableTranslator(DagsterDltTranslator):
    """Names a dlt resource after its raw table, and describes it by the contract."""

    def __init__(self, contract: Contract, sources: Mapping[str, Sequence[dg.AssetKey]]) -> None:
        super().__init__()
        self._sources = sources
        self._landed = contract.tables
        self._tables = {table.name: table for table in raw_tables(contract)}

    def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
        """Return the asset of one raw table; it depends on the folder of its files."""
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
    """The folders of landed files as assets that Dagster doesn't make: one for each table."""
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
    """The step that loads landed files, with one asset for each raw table; after the sources that feed it."""

    @dlt_assets(
        name="load",
        dlt_source=landing_source(contract),
        # Only for the definition: a run makes its own pipeline.
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
    """Load, and report for each table what was loaded.

    Raises:
        dagster.Failure: the landing can't be loaded; says which file, row and column, and what was expected.
    """
    selected = frozenset(key.path[-1] for key in context.selected_asset_keys)
    try:
        log = partial(_log_line, context.log)
        elsewhere = partial(cleared_elsewhere, settings, write_site, log)
        with prepared_load(settings, log, selected, elsewhere) as prepared:
            results = list(dlt.run(context=context, dlt_source=prepared.source, dlt_pipeline=prepared.pipeline))
        # Before anything is built of what is no longer kept; as a warning, which the person sees.
        let_go(settings, context.log.warning)
    except LandingBusyError as error:
        raise dg.RetryRequested(BUSY_RETRIES, BUSY_WAIT_SECONDS) from error
    except LandingError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except Exception as error:
        # The stack trace goes to the log, for whoever fixes the code. The terminal shows one line.
        context.log.error("The load failed with an unexpected error.", exc_info=True)
        raise dg.Failure(
            description=f"{first_line(error)} (the stack trace is in the full log)", allow_retries=False
        ) from error
    counts = row_counts(settings, contract)
    tables = {table.name: table for table in raw_tables(contract)}
    for result in results:
        table = tables[result.asset_key.path[-1]]
        landed = prepared.counts(table.name) if table in contract.tables else None
        metadata = {**result.metadata, **_metadata(table, prepared, landed, counts.get(table.name, 0))}
        yield dg.MaterializeResult(asset_key=result.asset_key, metadata=metadata)


def _log_line(log: dg.DagsterLogManager, line: str) -> None:
    """Log a line; warnings are also shown on the terminal."""
    (log.warning if line.startswith("warning: ") else log.info)(line)


def _metadata(table: Table, prepared: PreparedLoad, landed: TableCounts | None, rows: int) -> dict[str, Any]:
    metadata: dict[str, Any] = {"dagster/column_schema": column_schema(table), "dagster/row_count": rows}
    if landed:
        metadata |= {
            "files_loaded": len(prepared.checked.get(table.name, ())),
            "rows_read": landed.rows_read,
            "rows_loaded": landed.rows_loaded,
            "rows_quarantined": landed.rows_quarantined,
        }
    return metadata
