"""A home that a test refreshes day after day with DuckDB, and whose days Spark builds, too, of the same files.

Here: building on Spark before DuckDB publishes, and what differs. Not here: files that land (landing), how marts are
compared (second_engine).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from duebook.engines import spark
from duebook.engines.choice import engine_of
from duebook.engines.engine import Engine
from duebook.publication.targets import targets_of
from duebook.settings import Settings
from duebook.warehouse.build_plan import Build
from tests.support.compiled_models import run_dbt
from tests.support.refreshes.daily import MODELS_AND_SEEDS
from tests.support.refreshes.reporting_home import Home
from tests.support.refreshes.second_engine import Compared, compared_with, models_of, read_back

# Few: the files of a part of the sample are small.
BUCKETS = 4


class HomeOnSpark(Home):
    """A home of which each day is built by DuckDB and by Spark, of the same Parquet files; DuckDB's is published."""

    landed_for = "spark"

    def __init__(self, folder: Path, currency: str = "EUR", url: str | None = None) -> None:
        """Begin with an empty landing.

        Args:
            folder: where it all stands.
            currency: what marts are in.
            url: of a cluster's Thrift server, where not dbt's process runs Spark.
        """
        super().__init__(folder, currency)
        self._url = url and SecretStr(url)
        self.folder, self._target = self.home / "spark", folder / "of_spark"
        self.compared: dict[date, Compared] = {}

    def settings(self, day: date, known_as_of: date | None = None) -> Settings:
        """Those of a refresh of a day."""
        # Each build of a server is a full one.
        buckets = 0 if self._url else BUCKETS
        return super().settings(day, known_as_of).model_copy(update={"spark_buckets": buckets})

    def build(self, day: date) -> None:
        """Build the marts on both engines; Spark adds what DuckDB's build adds, if it can."""
        settings = self.settings(day)
        self.load(day)
        [target] = targets_of(settings, [day])
        changed_since = Build(settings, target).for_dbt
        begun = self._begun_on_spark(day, MODELS_AND_SEEDS, changed_since)
        # At the same time: a session of Spark leaves much of two cores idle.
        with ThreadPoolExecutor(1) as beside:
            on_spark = beside.submit(begun)
            self.transform(day)
            on_spark.result()
        self.compared[day] = self._compare(self.settings(day))

    def run_on_spark(
        self, day: date, arguments: Sequence[str], changed_since: Mapping[str, object] | None = None
    ) -> None:
        """Run dbt on Spark.

        Args:
            day: the business day.
            arguments: dbt's.
            changed_since: what the last build had read, as dbt is told it; None: nothing of that one stays.
        """
        self._begun_on_spark(day, arguments, changed_since)()

    def _begun_on_spark(
        self, day: date, arguments: Sequence[str], changed_since: Mapping[str, object] | None
    ) -> Callable[[], None]:
        """Give Spark the landed rows, and return what runs dbt then: in other processes, which open no file of this."""
        engine = self.engine(day)
        since = changed_since if engine.keeps_rows else None
        engine.begin(everything=since is None)
        # Reference data haven't changed: a change leads to a full build.
        but_seeds = ["--exclude-resource-type", "seed"] if since else []
        every = [*arguments, *but_seeds, "--write-json"]
        return partial(run_dbt, self.settings(day), every, self._target, since, engine.environment())

    def engine(self, day: date) -> Engine:
        """What builds a day besides DuckDB."""
        settings = self.settings(day).model_copy(update={"engine": "spark", "engine_url": self._url})
        [target] = targets_of(settings, [day])
        return engine_of(settings, target)

    def results(self) -> dict[str, str]:
        """What became of every node of the last build on Spark."""
        results = json.loads((self._target / "run_results.json").read_text(encoding="utf-8"))["results"]
        return {result["unique_id"]: result["status"] for result in results}

    def _compare(self, settings: Settings) -> Compared:
        """Hold every mart of Spark against DuckDB's, before one is published."""
        read = partial(spark.read_marts, self.folder)
        return compared_with(read_back(settings, self.folder, models_of(self._target), read), settings)
