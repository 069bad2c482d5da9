"""The publication in Postgres in the asset graph, after the published file.

Here: when to publish to Postgres, and what the UI shows about it. Not here: how (duebook/publication/postgres).
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from duebook.audit import Event, record
from duebook.publication.keys import tested_keys
from duebook.publication.postgres.publish import PostgresError, publish_to_postgres
from duebook.publication.record import read_publication
from duebook.publication.targets import targets_of
from duebook.settings import OWNERS, Settings
from orchestration.dbt.graph import Graph
from orchestration.defs.partitions import by_day, days_of
from orchestration.defs.publication import DASHBOARD, PUBLICATION
from orchestration.defs.resources import OnlyWriter
from orchestration.defs.runs import started_by


def postgres_asset(settings: Settings, graph: Graph) -> dg.AssetsDefinition:
    """The step that publishes to Postgres, if a database is set."""
    spec = dg.AssetSpec(
        key=["published", "postgres"],
        deps=[PUBLICATION, DASHBOARD],
        group_name="publication",
        owners=OWNERS,
        kinds={"postgres"},
        skippable=True,
        description="The current publication in Postgres, if DUEBOOK_POSTGRES_URL names a database, with"
        " personal data for those who may see them.",
    )

    @dg.multi_asset(name="postgres", specs=[spec], **by_day(settings))
    def publish_in_postgres(
        context: dg.AssetExecutionContext, only_writer: OnlyWriter
    ) -> Iterator[dg.MaterializeResult]:
        """Replace the publication in Postgres by the current one; past days are published as files only."""
        yield from _publish(context, settings, tested_keys(graph.manifest))

    return publish_in_postgres


def _publish(
    context: dg.AssetExecutionContext, settings: Settings, keys: Mapping[str, Sequence[str]]
) -> Iterator[dg.MaterializeResult]:
    """Publish, and report how many rows each table has.

    Raises:
        dagster.Failure: Postgres could not be updated; says why. The new file is published already.
    """
    publication = read_publication(settings.published_dir)
    if settings.postgres_url is None:
        context.log.info("DUEBOOK_POSTGRES_URL is not set: nothing is published to Postgres.")
    elif publication is None or targets_of(settings, days_of(context, settings))[-1].is_past:
        context.log.info("A past day is published as a file only: Postgres keeps the current publication.")
    else:
        try:
            done = publish_to_postgres(settings, publication, keys, context.log.info)
        except PostgresError as error:
            raise dg.Failure(
                f"{error}. Postgres keeps its last publication; the new file is published.", allow_retries=False
            ) from None
        record(settings, Event.PUBLISHED, started_by(context.run), f"{publication.refresh_id} in Postgres")
        context.log.info(f"Published {publication.as_of} to {done.place}.")
        rows = [dg.TableRecord({"table": table, "rows": rows}) for table, rows in done.row_counts.items()]
        yield dg.MaterializeResult(
            metadata={
                "as_of": dg.MetadataValue.text(publication.as_of.isoformat()),
                "database": dg.MetadataValue.text(done.place),
                "dagster/row_count": dg.MetadataValue.int(sum(done.row_counts.values())),
                "row_counts": dg.MetadataValue.table(rows),
            }
        )
