"""A home whose landing grows file by file, and whose warehouse is built from it as a refresh would, or anew.

Here: rows straight into raw tables, builds by dbt itself. Not here: what lands (test_increments.py), loading files and
dbt's tests, which the whole refresh is for.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from duebook.contract import read_contract
from duebook.landing.registry import LoadedFile, Renamed, note_renames, raw_tables
from duebook.publication.targets import Target
from duebook.settings import RAW_SCHEMA, Settings, marts_file_of
from duebook.warehouse.build_plan import Build
from tests.support.compiled_models import (
    LOADER_TABLES,
    REPORTING_CURRENCY,
    WRITTEN_BESIDE,
    as_arrow,
    load_time,
    run_dbt,
)
from tests.support.refreshes.running import marts, tables

MODELS_AND_SEEDS = ["build", "--resource-type", "model", "--resource-type", "seed"]
Marts = dict[str, tuple[int, str]]


def build(
    settings: Settings,
    day: date,
    dbt_target: Path | None = None,
    arguments: Sequence[str] = MODELS_AND_SEEDS,
    *,
    went_well: bool = True,
) -> str | None:
    """Build a home as of a day, as a refresh does; return why it was built anew, None where it was not.

    Args:
        settings: of the home.
        day: the as-of day.
        dbt_target: dbt's target folder; None: the home's.
        arguments: dbt's; without others it tests nothing.
        went_well: what the record says of it.
    """
    target = Target(day, settings.warehouse_file, settings.published_dir, settings.published_file, is_past=False)
    plan = Build(settings, target)
    plan.begin()
    duckdb.connect(settings.warehouse_file).close()
    at_the_day = settings.model_copy(update={"as_of": day})
    run_dbt(at_the_day, arguments, dbt_target or settings.dbt_dir, plan.for_dbt)
    plan.end(went_well=went_well)
    return plan.why_full


class DailyHome:
    """One home: `files` is how many have landed, `why_full` why its last build started over, None where it added."""

    def __init__(self, folder: Path) -> None:
        """Make a home with empty raw tables."""
        self._folder = folder
        self.files = 0
        self.why_full: str | None = None
        landed_file = self._settings(date(2020, 1, 1)).landed_file
        landed_file.parent.mkdir(parents=True)
        statements = [f"create schema {RAW_SCHEMA}"]
        for table in raw_tables(read_contract()):
            columns = ", ".join(f"{column.name} {column.sql_type}" for column in table.columns)
            statements.append(f"create table {RAW_SCHEMA}.{table.name} ({columns})")
        for table in WRITTEN_BESIDE:
            statements.append(f"create table {RAW_SCHEMA}.{table} ({LOADER_TABLES[table]})")
        with duckdb.connect(landed_file) as landed:
            landed.execute(";".join(statements))

    def declare(self, seed: str, text: str) -> None:
        """Give the home a reference file of its own."""
        file = self._settings(date(2020, 1, 1)).reference_dir / f"{seed}.csv"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def land(self, rows: Sequence[tuple[str, Mapping[str, Any]]], day: date) -> None:
        """Land rows, with the tables they are of, as the files of one day."""
        self.files += 1
        by_table: dict[str, list[dict[str, Any]]] = {}
        for place, (table, row) in enumerate(rows, start=1):
            of_the_file = {"source_file_number": self.files, "source_row": place, "load_id": str(self.files)}
            by_table.setdefault(table, []).append({"loaded_at": load_time(day)} | row | of_the_file)
        contract = {table.name: table for table in read_contract().tables}
        with duckdb.connect(self._settings(day).landed_file) as landed:
            for table, its_rows in by_table.items():
                landed.register("landed_rows", as_arrow(contract[table], its_rows))
                landed.execute(f"insert into {RAW_SCHEMA}.{table} select * from landed_rows")
                landed.unregister("landed_rows")
            landed.execute(f"insert into {RAW_SCHEMA}.loaded_files (file_number) values (?)", [self.files])

    def rename(self, file_number: int, name: str, day: date) -> None:
        """Have a landed file known by another name, as the loader notes it."""
        table = read_contract().tables[0]
        loaded = LoadedFile(file_number, f"{table.domain}/{table.name}/{file_number}.csv", table.name, "")
        note_renames(self._settings(day), [Renamed(loaded, table, name)], self.files + 1)

    def build(self, day: date) -> Marts:
        """Build the warehouse as of a day, as a refresh does; return the marts' rows and hashes."""
        settings = self._settings(day)
        self.why_full = build(settings, day)
        return _built(settings)

    def fail_half_way(self, day: date, model: str) -> None:
        """Begin a build of a day that doesn't get to one model, nor to what is made from it."""
        without = [*MODELS_AND_SEEDS, "--exclude", f"{model}+"]
        build(self._settings(day), day, arguments=without, went_well=False)

    def build_anew(self, day: date) -> Marts:
        """Build all of it in a new file, which is thrown away; return the marts' rows and hashes."""
        settings = self._settings(day)
        files = (settings.warehouse_file, marts_file_of(settings.warehouse_file))
        kept = [file.rename(file.with_suffix(".kept")) for file in files]
        duckdb.connect(settings.warehouse_file).close()
        run_dbt(settings, MODELS_AND_SEEDS, settings.dbt_dir)
        built = _built(settings)
        for file, again in zip(kept, files, strict=True):
            file.replace(again)
        return built

    def _settings(self, day: date) -> Settings:
        return Settings(home=self._folder, as_of=day, reporting_currency=REPORTING_CURRENCY)


def _built(settings: Settings) -> Marts:
    """The marts, and what keeps its rows and shows in a mart only of a larger landing than those of tests."""
    kept = tables(settings.warehouse_file, "intermediate", {"int_payment_spells"})
    return marts(marts_file_of(settings.warehouse_file)) | kept
