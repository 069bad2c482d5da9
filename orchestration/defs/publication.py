"""The publication in the asset graph, after all marts and their last gate.

Here: publishing each business day of a run, and what the UI shows of it. Not here: the steps
(duebook/warehouse/publishing.py), how and where (duebook/publication), what the dashboard shows (the package
dashboard).
"""

from collections.abc import Iterator, Mapping
from functools import partial

import dagster as dg

from dashboard.site import write_site
from duebook.publication.parquet import months_of
from duebook.publication.record import Publication
from duebook.publication.reports import REPORTS, report_name
from duebook.publication.run_facts import Took, run_of
from duebook.publication.site_swap import INDEX
from duebook.publication.targets import Target, targets_of
from duebook.settings import MARTS_SCHEMA, OWNERS, PERSONAL_SCHEMA, Settings
from duebook.warehouse.build_plan import NotPublishableError
from duebook.warehouse.dbt_results import read_build
from duebook.warehouse.publishing import PublishedThenFailedError, publish_build
from orchestration.dbt.graph import Graph
from orchestration.defs.partitions import by_day, days_of
from orchestration.defs.resources import OnlyWriter
from orchestration.defs.runs import BUILDING, PUBLISHING, started_at, started_by, steps_of

PUBLICATION = dg.AssetKey(["published", "duebook"])
DASHBOARD = dg.AssetKey(["published", "dashboard"])


def publish_asset(settings: Settings, graph: Graph) -> dg.AssetsDefinition:
    """The step that publishes: the copy of the marts, and the dashboard made from it."""
    specs = [
        dg.AssetSpec(
            key=PUBLICATION,
            deps=[*graph.keys_of(MARTS_SCHEMA), *graph.keys_of(PERSONAL_SCHEMA)],
            group_name="publication",
            owners=OWNERS,
            kinds={"duckdb", "parquet"},
            description="The copy of the marts that readers open: a DuckDB file and Parquet files, replaced at once;"
            " and a DuckDB file with personal data, for those who may see them.",
        ),
        dg.AssetSpec(
            key=DASHBOARD,
            deps=[PUBLICATION],
            group_name="publication",
            owners=OWNERS,
            kinds={"plotly"},
            description="The dashboard: a static site, made from the published DuckDB file and replaced with it.",
        ),
    ]

    @dg.multi_asset(name=PUBLISHING, specs=specs, **by_day(settings))
    def publish_marts(context: dg.AssetExecutionContext, only_writer: OnlyWriter) -> Iterator[dg.MaterializeResult]:
        """Publish each business day of the run, oldest first."""
        yield from _publish(context, settings, months_of(graph.manifest))

    return publish_marts


def _publish(
    context: dg.AssetExecutionContext, settings: Settings, months: Mapping[str, str]
) -> Iterator[dg.MaterializeResult]:
    started = started_at(context.instance, context.run.run_id)
    steps = steps_of(context.instance, context.run.run_id)
    targets = targets_of(settings, days_of(context, settings))
    for target in targets:
        refresh_id = f"{context.run.run_id}:{target.day}"
        # Of several days dbt has kept the results of the last one; of a run that built nothing, those of another run.
        has_results = target == targets[-1] and BUILDING in steps
        build = read_build(settings.dbt_dir) if has_results else None
        stages = tuple(Took(step.replace("_", " ").capitalize(), seconds) for step, seconds in steps.items())
        writer = partial(write_site, run=run_of(settings, target.published_dir, stages, build))
        try:
            publication = publish_build(settings, target, refresh_id, started, writer, months, started_by(context.run))
        except NotPublishableError as why:
            said = f"{why}. Nothing was published; refresh again"
            raise dg.Failure(description=said, allow_retries=False) from None
        except PublishedThenFailedError as failed:
            yield from _results(settings, target, failed.publication)
            raise dg.Failure(description=str(failed), allow_retries=False) from None
        context.log.info(f"Published {target.day} as {target.published_file}.")
    yield from _results(settings, target, publication)


def _results(settings: Settings, target: Target, publication: Publication) -> Iterator[dg.MaterializeResult]:
    yield dg.MaterializeResult(asset_key=PUBLICATION, metadata=_metadata(target, publication))
    site = target.published_dir / settings.dashboard_dir.name
    places = {"path": site / INDEX, "report": site / REPORTS / report_name(publication)}
    paths = {name: dg.MetadataValue.path(place) for name, place in places.items()}
    yield dg.MaterializeResult(asset_key=DASHBOARD, metadata=paths)


def _metadata(target: Target, publication: Publication) -> dict[str, dg.MetadataValue]:
    rows = [dg.TableRecord({"mart": mart, "rows": rows}) for mart, rows in publication.row_counts.items()]
    return {
        "as_of": dg.MetadataValue.text(publication.as_of.isoformat()),
        "path": dg.MetadataValue.path(target.published_file),
        "parquet": dg.MetadataValue.path(target.published_dir / publication.parquet),
        "reporting_currency": dg.MetadataValue.text(publication.reporting_currency or "none"),
        "dagster/row_count": dg.MetadataValue.int(sum(publication.row_counts.values())),
        "row_counts": dg.MetadataValue.table(rows),
    }
