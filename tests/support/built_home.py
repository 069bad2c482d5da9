"""A home with some landed rows and files that stand for what dbt would have built: builds are planned on it.

Not here: the reasons to start over (tests/integration/test_build_plan.py, test_build_plan_rates.py).
"""

import copy
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from duebook.engines.handing_over import Files
from duebook.publication.record import (
    STAGING_FOLDER,
    Publication,
    draft_record,
    size_and_time,
    swap_record_in,
)
from duebook.publication.targets import Target
from duebook.settings import Settings, marts_file_of
from duebook.warehouse.build_plan import (
    Build,
)
from tests.support.gates.landed import LOADED_AT, Landed

DAY = date(2024, 4, 30)
NEXT = DAY + timedelta(days=1)


def no_views(files: Files, names: Sequence[str]) -> None:
    """Make none: what these tests hand over has none."""
    raise AssertionError(f"asked for {names} in {files}")


class Home:
    """A home with some landed rows, and a warehouse file that stands for what dbt would have built."""

    def __init__(self, folder: Path) -> None:
        """Land a company, a customer and a rate as file 1, and build for the day."""
        self.settings = Settings(home=folder, as_of=DAY, reporting_currency="EUR")
        self.landed = Landed(self.settings.landed_file)
        self.landed.row("companies", company_id="C")
        self.landed.row("customers", customer_id="K")
        self.rate(DAY, "1.10")
        self.file(1)
        self.build(DAY)

    def copied_to(self, folder: Path) -> "Home":
        """Copy it, times of its files included: most of a second less than building another."""
        shutil.copytree(self.settings.home, folder, symlinks=True)
        home = copy.copy(self)
        home.settings = self.settings.model_copy(update={"home": folder})
        home.landed = copy.copy(self.landed)
        home.landed.file = home.settings.landed_file
        return home

    def file(self, number: int) -> None:
        """Enter a file in the registry."""
        self.landed.run("insert into raw.loaded_files (file_number) values (?)", [number])

    def rate(self, day: date, rate: str, number: int = 1, **also: object) -> None:
        """Land an exchange rate."""
        row = {"rate_date": day, "from_currency": "USD", "to_currency": "EUR", "rate": Decimal(rate)}
        self.landed.row("exchange_rates", **row, source_file_number=number, **also)

    def plan(self, day: date, *, is_past: bool = False, **settings: object) -> Build:
        """Plan a build of the warehouse."""
        values = self.settings.model_copy(update=settings)
        target = Target(day, values.warehouse_file, values.published_dir, values.published_file, is_past)
        return Build(values, target)

    def publish(self, refresh_id: str) -> None:
        """Replace the publication."""
        folder = self.settings.published_dir
        folder.mkdir(parents=True, exist_ok=True)
        self.settings.published_file.write_text(refresh_id, encoding="utf-8")
        publication = Publication(
            DAY,
            None,
            "EUR",
            refresh_id,
            LOADED_AT,
            "0",
            self.settings.published_file.name,
            "parquet",
            {},
            left_as=size_and_time(self.settings.published_file),
        )
        (self.settings.published_dir / STAGING_FOLDER).mkdir(parents=True, exist_ok=True)
        draft_record(publication, self.settings.published_dir / STAGING_FOLDER)
        swap_record_in(self.settings.published_dir)

    @property
    def target(self) -> Target:
        """What was built, and where it is published."""
        values = self.settings
        return Target(DAY, values.warehouse_file, values.published_dir, values.published_file, is_past=False)

    def build(self, day: date, *, went_well: bool = True) -> None:
        """Go through a build that writes something."""
        build = self.plan(day)
        build.begin()
        for file in both(self.settings):
            with duckdb.connect(file) as built:
                built.execute("create or replace table built as select 1")
        build.end(went_well=went_well)


def both(settings: Settings) -> tuple[Path, Path]:
    """What a build writes: the warehouse, and its marts."""
    return settings.warehouse_file, marts_file_of(settings.warehouse_file)
