"""The publication in Postgres in the asset graph, after the published file.

Here: when there is something to publish, and what the UI says of it. Not here: how (postgres.py).
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.partitions import business_days, days_of, single_run
from orchestration.defs.publication.assets import publish_marts
from orchestration.defs.publication.keys import tested_keys
from orchestration.defs.publication.postgres import PostgresError, publish_to_postgres
from orchestration.defs.publication.publication import read_publication
from orchestration.defs.publication.targets import targets_of
from orchestration.defs.resources import OnlyWriter
from orchestration.defs.transformation.assets import manifest, transform
from orchestration.settings import OWNERS, PERSONAL_SCHEMA, get_settings

PERSONAL = sorted(key for key in transform.keys if key.path[0] == PERSONAL_SCHEMA)


@dg.multi_asset(
    name="postgres",
    specs=[
        dg.AssetSpec(
            key=["published", "postgres"],
            deps=[*publish_marts.keys, *PERSONAL],
            group_name="publication",
            owners=OWNERS,
            kinds={"postgres"},
            skippable=True,
            description="The current publication in Postgres, where DUEBOOK_POSTGRES_URL names a database, with"
            " personal data for those who may see them.",
        )
    ],
    partitions_def=business_days,
    backfill_policy=single_run,
    pool="duckdb",
)
def publish_in_postgres(context: dg.AssetExecutionContext, only_writer: OnlyWriter) -> Iterator[dg.MaterializeResult]:
    """Replace what Postgres holds by the current publication; past days are published as files only.

    Raises:
        dagster.Failure: it could not be replaced; says why. The published file is the new one all the same.
    """
    settings = get_settings()
    publication = read_publication(settings.published_dir)
    if settings.postgres_url is None:
        context.log.info("DUEBOOK_POSTGRES_URL is not set: nothing is published to Postgres.")
    elif publication is None or targets_of(settings, days_of(context))[-1].is_past:
        context.log.info("A past day is published as a file only: Postgres keeps the current publication.")
    else:
        try:
            done = publish_to_postgres(settings, publication, tested_keys(manifest), context.log.info)
        except PostgresError as error:
            raise dg.Failure(
                f"{error}. Postgres keeps what it had; the published file is the new one.", allow_retries=False
            ) from None
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
