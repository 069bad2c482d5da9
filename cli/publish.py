"""The command `duebook publish`: what the warehouse holds, published again.

Here: the order of things, and what a person is told. Not here: publishing (duebook/warehouse/publishing.py), whether
the warehouse may be published (duebook/warehouse/build_plan.py).
"""

from functools import partial
from uuid import uuid4

import duckdb

from cli.arguments import AsJson, print_json, takes_settings, teller
from cli.exit_codes import CommandError
from dashboard.site import write_site
from duebook.audit import Event, record
from duebook.encrypted_home import refuse_wrong_keys
from duebook.home import keep_from_others, only_writer
from duebook.landing.load_errors import what_to_do
from duebook.publication.copying import NothingToPublishError
from duebook.publication.keys import tested_keys
from duebook.publication.parquet import months_of
from duebook.publication.postgres.publish import PostgresError, publish_to_postgres
from duebook.publication.record import Publication
from duebook.publication.run_facts import run_of
from duebook.publication.targets import Target
from duebook.refresh_log import utc_now
from duebook.settings import Settings
from duebook.warehouse.build_plan import NotPublishableError, published_build
from duebook.warehouse.manifest import read_manifest
from duebook.warehouse.publishing import PublishedThenFailedError, publish_build

COMMAND = "publish"


@takes_settings("home", "landing", "reporting_currency", "customers_are", "max_rate_age_days")
def run(settings: Settings, as_json: AsJson = False) -> None:
    """The DuckDB file, the Parquet files and the dashboard are written again, and Postgres where DUEBOOK_POSTGRES_URL
    names a database. Call it with the settings of the refresh. It is refused where the warehouse holds no whole build
    that was published before: `refresh` makes one.
    """
    tell = teller(as_json)
    keep_from_others(settings)
    with only_writer(settings):
        refuse_wrong_keys(settings)
        try:
            target = published_build(settings)
            # As dbt had it when it built what is published.
            manifest = read_manifest(settings.dbt_dir)
        except NotPublishableError as why:
            raise CommandError(f"Nothing was published: {why}. Run `make refresh`.") from None
        except FileNotFoundError:
            said = f"Nothing was published: dbt's files in {settings.dbt_dir} are gone. Run `make refresh`."
            raise CommandError(said) from None
        publication = publish_files(settings, target, months_of(manifest))
        tell(f"Published: {target.published_file}, as of {publication.as_of}")
        place = None
        if settings.postgres_url:
            try:
                place = publish_to_postgres(settings, publication, tested_keys(manifest), tell).place
            except PostgresError as error:
                said = f"{error}. Postgres keeps what it had; the published file is the new one."
                raise CommandError(said) from None
            record(settings, Event.PUBLISHED, COMMAND, f"{publication.refresh_id} in Postgres")
            tell(f"Published: {place}")
    if as_json:
        rows = publication.row_counts
        print_json({"as_of": publication.as_of, "published": target.published_file, "postgres": place, "rows": rows})


def publish_files(settings: Settings, target: Target, months: dict[str, str]) -> Publication:
    """Publish the files; a failure is a command's error, and says which publication readers have."""
    writer = partial(write_site, run=run_of(settings, target.published_dir))
    try:
        return publish_build(settings, target, f"{uuid4()}:{target.day}", utc_now(), writer, months, COMMAND)
    except PublishedThenFailedError as error:
        raise CommandError(f"{error}. The new publication is there all the same.") from None
    except (duckdb.Error, OSError, NothingToPublishError, NotPublishableError) as error:
        to_do = what_to_do(str(error))
        stands = "What was published before stands as it was."
        raise CommandError(f"{error}. {stands} {to_do}." if to_do else f"{error}. {stands}") from None
