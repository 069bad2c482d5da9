"""Spark as an engine: the steps of a refresh in a session of dbt's process, whose files stand in the home.

Here: what the session is told before dbt's first model, and how the marts it leaves become DuckDB's. Not here: raw
tables and statements (spark.py), how Spark is set (dbt_project/profiles.yml), SQL that differs (macros/portable).
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb

from duebook.contract import read_contract
from duebook.engines.engine import EngineError, Rows
from duebook.engines.handing_over import MakeViews, Model, hand_over
from duebook.engines.spark import (
    NOTED,
    Declaration,
    dbt_environment,
    declarations,
    read_marts,
    remove_built,
    state_of_built,
    write_raw,
    write_reference,
)
from duebook.landing.listing import LandingError
from duebook.landing.registry import settle_files
from duebook.publication.record import read_publication
from duebook.publication.targets import Target
from duebook.reference import home_files
from duebook.settings import Settings

# dbt's first operation in a session reads it (macros/portable/declare_tables.sql).
DECLARATIONS_VARIABLE = "DUEBOOK_SPARK_DECLARATIONS"
# Where its last operation writes what the next session is told of the tables that stay.
NOTED_VARIABLE = "DUEBOOK_SPARK_NOTED"
BUCKETS_VARIABLE, FORMAT_VARIABLE = "DUEBOOK_SPARK_BUCKETS", "DUEBOOK_SPARK_FORMAT"
MEMORY_VARIABLE = "DUEBOOK_SPARK_MEMORY"


class InSpark:
    """Spark: dbt builds Parquet files, all of them or some, and the marts are copied out of them."""

    name = "spark"
    keeps_tables = False

    def __init__(self, settings: Settings, target: Target) -> None:
        """Take a home, and its files of a business day."""
        self.keeps_rows = settings.spark_buckets > 0
        self._folder = settings.spark_dir
        self._settings, self._target = settings, target

    @property
    def place(self) -> str:
        """The folder of Spark's files."""
        return str(self._folder)

    def environment(self) -> Mapping[str, str]:
        """The target, Spark's folder, and what the session is told first."""
        return {
            **dbt_environment(self._folder),
            DECLARATIONS_VARIABLE: str(self._declarations),
            NOTED_VARIABLE: str(self._folder / NOTED),
            BUCKETS_VARIABLE: str(self._settings.spark_buckets),
            # A refresh reads the marts' files.
            FORMAT_VARIABLE: "parquet",
            **self._memory(),
        }

    def left_as(self) -> str | None:
        """What files there are, if a build that went well has left them."""
        return state_of_built(self._folder) if self._went_well.exists() else None

    def begin(self, *, everything: bool) -> None:
        """Remove what is built anew, complete the raw files, and write what the session is told of it all."""
        publication = read_publication(self._settings.published_dir)
        published = publication and self._settings.published_dir / publication.parquet
        with _in_one_line():
            self._went_well.unlink(missing_ok=True)
            kept = remove_built(self._folder, everything=everything)
            settle_files(self._settings, read_contract())
            write_raw(self._settings.landed_file, self._folder)
            write_reference(self._folder, home_files(self._settings))
            told = [Declaration(one) for one in declarations(self._settings.landed_file, self._folder, published)]
            told += kept
            lines = [json.dumps({"place": place, **one._asdict()}) for place, one in enumerate(told)]
            self._declarations.write_text("\n".join(lines), encoding="utf-8")

    def hand_over(self, models: Sequence[Model], make_views: MakeViews) -> None:
        """Read the marts from the Parquet files of Spark's folder."""
        with _in_one_line():
            hand_over(self._target, models, partial(read_marts, self._folder), make_views)

    def end(self, *, went_well: bool) -> str:
        """Leave the sign of a build that went well: Parquet has no transaction, so any other one starts over."""
        with _in_one_line():
            if went_well and self.keeps_rows:
                self._went_well.touch()
            return state_of_built(self._folder)

    def forget(self) -> None:
        """Remove what was built; the raw files are the loader's."""
        with _in_one_line():
            self._went_well.unlink(missing_ok=True)
            remove_built(self._folder, everything=True)

    def first_rows(self, query: str, most: int) -> Rows:
        """None can be had: the session has ended, and its catalogue with it.

        Raises:
            EngineError: always.
        """
        raise EngineError("Spark's session has ended. Run the SQL above in one that knows the files of the home")

    def _memory(self) -> dict[str, str]:
        """The memory of Spark's process, as Java writes it: the setting MEMORY_LIMIT."""
        limit = self._settings.memory_limit
        if limit is None:
            return {}
        number, unit = re.fullmatch(r"([\d.]+)\s*([MG])i?B", limit).groups()
        return {MEMORY_VARIABLE: f"{math.ceil(float(number) * 1024) if unit == 'G' else math.ceil(float(number))}m"}

    @property
    def _declarations(self) -> Path:
        return self._folder / "declarations.json"

    @property
    def _went_well(self) -> Path:
        return self._folder / "went_well"


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn errors of files and of the landing into an `EngineError` of one line."""
    try:
        yield
    except (duckdb.Error, LandingError, OSError) as error:
        raise EngineError(f"ENGINE=spark: {' '.join(str(error).split())}") from None
