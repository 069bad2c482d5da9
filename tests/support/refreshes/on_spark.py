"""A home that a test refreshes day after day with DuckDB, and whose days Spark builds, too, of the same files.

Here: building on Spark before DuckDB publishes, and what differs. Not here: files that land (landing), how marts are
compared (second_engine).
"""

import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from duebook.engines import spark
from duebook.publication.record import read_publication
from duebook.settings import (
    LANDED_ALIAS,
    MARTS_DATABASE,
    MARTS_SCHEMA,
    PERSONAL_SCHEMA,
    Settings,
    marts_file_of,
)
from duebook.sql_text import attach
from duebook.warehouse.dbt_arguments import dbt_environment
from tests.support.refreshes.daily import MODELS_AND_SEEDS
from tests.support.refreshes.reporting_home import Home
from tests.support.refreshes.second_engine import Compared, compare


class HomeOnSpark(Home):
    """A home of which each day is built by DuckDB and by Spark; DuckDB's is published."""

    def __init__(self, folder: Path) -> None:
        """Begin with an empty landing."""
        super().__init__(folder)
        self.folder = folder / "spark"
        self.arguments: Sequence[str] = MODELS_AND_SEEDS
        self.compared: dict[date, Compared] = {}

    def build(self, day: date) -> None:
        """Build the marts on both engines: Spark all of them, DuckDB as a refresh does."""
        settings = self.settings(day)
        self.load(day)
        record = read_publication(settings.published_dir)
        spark.build(
            settings.landed_file,
            self.folder,
            self.arguments,
            {**os.environ, **dbt_environment(settings, day, settings.warehouse_file), **self._logs()},
            settings.published_dir / record.parquet if record else None,
        )
        self.transform(day)
        self.compared[day] = self._compare(settings)

    def results(self) -> dict[str, str]:
        """What became of every node of the last build on Spark."""
        results = json.loads((self.folder / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
        return {result["unique_id"]: result["status"] for result in results}

    def _logs(self) -> dict[str, str]:
        return {"DBT_TARGET_PATH": str(self.folder / "target"), "DBT_LOG_PATH": str(self.folder / "logs")}

    def _compare(self, settings: Settings) -> Compared:
        """Hold every mart of Spark against DuckDB's, before one is published."""
        read = self.folder / "read.duckdb"
        read.unlink(missing_ok=True)
        spark.read_marts(self.folder, read, [MARTS_SCHEMA, PERSONAL_SCHEMA])
        warehouse = settings.warehouse_file
        files = {LANDED_ALIAS: settings.landed_file, MARTS_DATABASE: marts_file_of(warehouse), "other": read}
        result = Compared()
        with duckdb.connect() as con:
            for name, file in (files | {warehouse.stem: warehouse}).items():
                con.execute(attach(file, name))
            compare(con, MARTS_DATABASE, "other", MARTS_SCHEMA, result)
            compare(con, warehouse.stem, "other", PERSONAL_SCHEMA, result)
        return result
