"""Small publications for tests of what happens to them: marts whose every row names the refresh, and personal data.

Here: building and publishing them, to a file and to Postgres. Not here: what must come of it.
"""

from datetime import date, datetime
from pathlib import Path

from pydantic import SecretStr

from duebook.publication.postgres.publish import PostgresPublication, publish_to_postgres
from duebook.publication.postgres.swap import Patience
from duebook.publication.publish import publish
from duebook.publication.record import read_publication
from duebook.publication.targets import targets_of
from duebook.refresh_log import Refresh
from duebook.settings import Settings
from expectations.run_gates import prepare_records
from tests.support.publications.postgres_server import Database
from tests.support.warehouses import open_warehouse

DAY = date(2024, 3, 15)
MARTS = ("dim_parcels", "parcels_monthly", "fct_parcels")
KEYS = {"fct_parcels": ("n",), "dim_parcels": ("refresh_id", "n"), "customer_contacts": ("customer_id",)}
# As patient as a test can be that has a reader who won't go.
IMPATIENT = Patience(attempts=2, lock_timeout=50, pause=0)
ALL_REFRESHES = " union all ".join(f"select '{mart}' as mart, refresh_id from marts.{mart}" for mart in MARTS)


class Home:
    """A home that publishes to a database."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.database = database
        self.settings = Settings(
            home=folder / "it's 100% a {home}", landing=folder, as_of=DAY, postgres_url=SecretStr(database.url())
        )
        prepare_records(self.settings)
        self.told: list[str] = []
        self.tell = self.told.append

    def build(self, refresh_id: str, rows: int = 100) -> None:
        """Put marts into the warehouse, every row of which names the refresh."""
        self.settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
        self.run(
            "create schema if not exists personal",
            *(
                f"create or replace table marts.{mart} as"
                f" select n, '{refresh_id}' as refresh_id, 'EUR' as currency_code, cast(n as decimal(18, 4)) as amount"
                f" from range({rows}) t(n)"
                for mart in MARTS
            ),
            f"create or replace table personal.customer_contacts as"
            f" select 'C' || n as customer_id, '{refresh_id}@example.com' as email from range({rows}) t(n)",
        )

    def run(self, *statements: str) -> None:
        """Run statements on the warehouse and its marts."""
        with open_warehouse(self.settings.warehouse_file) as warehouse:
            for statement in statements:
                warehouse.execute(statement)

    def publish_file(self, refresh_id: str) -> None:
        """Publish the marts, as a file."""
        [target] = targets_of(self.settings, [DAY])
        publish(self.settings, target, Refresh(refresh_id, DAY, None, datetime(2024, 3, 16, 6)))

    def publish_to_postgres(self, patience: Patience = IMPATIENT) -> PostgresPublication:
        """Publish the file to Postgres."""
        record = read_publication(self.settings.published_dir)
        return publish_to_postgres(self.settings, record, KEYS, self.tell, patience)

    def publish(self, refresh_id: str, rows: int = 100, patience: Patience = IMPATIENT) -> PostgresPublication:
        """Build marts and publish them everywhere."""
        self.build(refresh_id, rows)
        self.publish_file(refresh_id)
        return self.publish_to_postgres(patience)

    def in_postgres(self) -> set[str]:
        """The refreshes that the tables in Postgres name."""
        return {name for _, name in self.database.read(ALL_REFRESHES)}

    def tables(self) -> dict[str, int]:
        """The tables in Postgres by name, with what Postgres knows them by: another one is another table."""
        query = (
            "select nspname || '.' || relname, pg_class.oid from pg_class"
            " inner join pg_namespace on relnamespace = pg_namespace.oid"
            " where relkind = 'r' and nspname not like 'pg_%' and nspname <> 'information_schema'"
        )
        return dict(self.database.read(query))
