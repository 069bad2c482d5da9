"""A home that a test refreshes day after day, by the refresh's own parts: its months are frozen, and restated.

Here: landing rows, building, publishing, reading what was published. Not here: any expectation.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from duebook.landing.loading import load_landing
from duebook.publication.publish import publish
from duebook.publication.targets import targets_of
from duebook.refresh_log import begin_refresh, end_refresh, utc_now
from duebook.settings import Settings, marts_file_of
from duebook.warehouse.build_plan import note_publication
from expectations.run_gates import prepare_records
from tests.support.compiled_models import run_dbt
from tests.support.landing.files import write_csv
from tests.support.refreshes.daily import MODELS_AND_SEEDS, build
from tests.support.refreshes.running import marts


def invoice(name: str, day: str, amount: str, recorded_at: datetime | str | None = None, **more: str) -> dict[str, Any]:
    """An invoice due ten days after the month it is dated in."""
    due = date.fromisoformat(day).replace(day=28)
    return {
        "invoice_id": name, "company_id": "K", "customer_id": "C1", "invoice_date": day, "due_date": due,
        "currency_code": "EUR", "amount": amount, "recorded_at": recorded_at or f"{day}T08:00:00",
        "updated_at": recorded_at or f"{day}T08:00:00", "is_deleted": "false", **more,
    }  # fmt: skip


class Home:
    """A home of which a test refreshes one day after the other."""

    why_full: str | None = None
    # The engine whose form landed rows have.
    landed_for = "duckdb"

    def __init__(self, folder: Path, currency: str = "EUR") -> None:
        self.landing, self.home, self.target = folder / "landing", folder / "home", folder / "target"
        self.currency = currency
        self.refreshes = 0

    def land(self, table: str, *rows: dict[str, Any]) -> None:
        folder = self.landing / table
        write_csv(folder / f"{len(list(folder.glob('*')))}.csv", rows)

    def settings(self, day: date, known_as_of: date | None = None) -> Settings:
        return Settings(
            landing=self.landing, home=self.home, as_of=day, known_as_of=known_as_of, reporting_currency=self.currency
        )

    def build(self, day: date) -> None:
        """Load what is new and build the marts, as far as a refresh gets whose last gate is closed."""
        self.load(day)
        self.transform(day)

    def transform(self, day: date) -> None:
        """Build the marts of what is loaded."""
        self.why_full = build(self.settings(day), day, self.target)

    def load(self, day: date) -> None:
        """Load what is new."""
        settings = self.settings(day).model_copy(update={"engine": self.landed_for})
        load_landing(settings, lambda line: None)
        prepare_records(settings)

    def refresh(self, day: date) -> None:
        """Build and publish."""
        self.build(day)
        settings = self.settings(day)
        self.refreshes += 1
        log = begin_refresh(settings, day, f"r{self.refreshes}", utc_now())
        [target] = targets_of(settings, [day])
        publication = publish(settings, target, log)
        end_refresh(settings, log, "published")
        note_publication(target, publication.refresh_id)

    def read(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the current publication."""
        with duckdb.connect(self.settings(date(2020, 1, 1)).published_file, read_only=True) as published:
            published.execute("use marts")
            return published.execute(query).fetchall()

    def marts(self) -> dict[str, tuple[int, str]]:
        """Rows and hashes of the warehouse's marts."""
        return marts(marts_file_of(self.settings(date(2020, 1, 1)).warehouse_file))

    def build_anew(self, day: date) -> dict[str, tuple[int, str]]:
        """Build all of it in a new file, which is thrown away; return the marts' rows and hashes."""
        settings = self.settings(day)
        files = (settings.warehouse_file, marts_file_of(settings.warehouse_file))
        kept = [file.rename(file.with_suffix(".kept")) for file in files]
        duckdb.connect(settings.warehouse_file).close()
        run_dbt(settings, MODELS_AND_SEEDS, self.target)
        built = marts(marts_file_of(settings.warehouse_file))
        for file, again in zip(kept, files, strict=True):
            file.replace(again)
        return built
