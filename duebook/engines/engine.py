"""What runs the models, as the rest of Duebook sees it: DuckDB's files, or another engine that hands over to them.

Whatever the engine, a refresh ends with the same two DuckDB files beside each other: the marts, which the hand-over
gate checks and which are published by copying them, and what readers of personal data get. On DuckDB dbt writes them
itself; another engine's marts are copied into them when its build has succeeded. What comes before (loading, the gate
on arrivals) and after (gate, publication, dashboard, explanations) is the same code for all.

Here: the steps an engine takes part in, and DuckDB's, which are none. Not here: which engine a setting means
(choice.py), what another one does in these steps (in_postgres.py), when they are taken (orchestration).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

import duckdb

from duebook.database_files import attach
from duebook.engines.handing_over import MakeViews, Model
from duebook.publication.targets import Target
from duebook.settings import LANDED_ALIAS, MARTS_DATABASE, MARTS_SCHEMA, PERSONAL_SCHEMA, Settings

# Named although it is dbt's default: the process that calls dbt may have called it for another engine before.
ON_DUCKDB: Mapping[str, str] = MappingProxyType({"DUEBOOK_DBT_TARGET": "duckdb"})

# In an engine's database: what dbt builds there, and the marts of the publication that a build replaces.
BUILT = ("reference", "staging", "intermediate", MARTS_SCHEMA, PERSONAL_SCHEMA)
PUBLISHED_SCHEMA = "published"


class EngineError(RuntimeError):
    """The engine can't take a step; says why in one line, without login and password."""


class Rows(NamedTuple):
    """The first rows of a query, with the names of its columns."""

    names: list[str]
    rows: list[tuple[object, ...]]


class Engine(Protocol):
    """What runs the models of one business day.

    Attributes:
        name: as the setting ENGINE names it.
        keeps_rows: a build may add to what the last one left; if not, each builds everything.
        keeps_tables: all tables of the last build are there for the next one, so that some models can be built alone.
    """

    name: str
    keeps_rows: bool
    keeps_tables: bool

    @property
    def place(self) -> str:
        """Where it builds, without login and password; a build elsewhere starts over."""

    def environment(self) -> Mapping[str, str]:
        """Return what dbt's profile reads from the environment for this engine."""

    def left_as(self) -> str | None:
        """Return the sign of the last build that ended; None: there is none, or a build is under way.

        Raises:
            EngineError: it can't be asked.
        """

    def begin(self, *, everything: bool) -> None:
        """Bring what dbt reads: landed rows, and what is published. From now on there is no sign.

        Args:
            everything: nothing that is there counts; else the rows of earlier builds stay.

        Raises:
            EngineError: says why.
        """

    def hand_over(self, models: Sequence[Model], make_views: MakeViews) -> None:
        """Write the files that are checked and published.

        Args:
            models: those dbt has built, of its manifest.
            make_views: makes the views among the marts in files that have the tables.

        Raises:
            EngineError: says why; the files are those of before.
        """

    def end(self, *, went_well: bool) -> str:
        """Leave a new sign, and return it: a build has ended. Where a failed one can't be repeated, it leaves none.

        Args:
            went_well: every model was built, and nothing failed.

        Raises:
            EngineError: says why.
        """

    def forget(self) -> None:
        """Remove what it has beside the home's files: landed rows, and all it made of them. The next build is full.

        Raises:
            EngineError: says why.
        """

    def first_rows(self, query: str, most: int) -> Rows:
        """Run a query that dbt compiled for this engine.

        Args:
            query: the SQL.
            most: how many rows to return at most.

        Raises:
            EngineError: says why.
        """


class DuckDBFiles:
    """DuckDB: dbt writes the files itself, and reads what the loader and the last publication left beside them."""

    name = "duckdb"
    keeps_rows = keeps_tables = True
    place = "its own files"

    def __init__(self, settings: Settings, target: Target) -> None:
        """Take a home's landing file, and the files of a business day."""
        self._landed_file, self._target = settings.landed_file, target

    def environment(self) -> Mapping[str, str]:
        """The target; its files are named with the other variables (duebook/warehouse/dbt_arguments.py)."""
        return ON_DUCKDB

    def left_as(self) -> str:
        """Nothing beside the files, of which the record of a build says how they were left."""
        return ""

    def begin(self, *, everything: bool) -> None:
        """Nothing: dbt opens the files where they are."""

    def hand_over(self, models: Sequence[Model], make_views: MakeViews) -> None:
        """Nothing: dbt has written the files."""

    def end(self, *, went_well: bool) -> str:
        """Nothing, as for `left_as`."""
        return self.left_as()

    def forget(self) -> None:
        """Nothing: all there is are the files."""

    def first_rows(self, query: str, most: int) -> Rows:
        """Run a query over the files of the warehouse, the marts and the landing, as dbt names them."""
        files: dict[str, Path] = {
            self._target.warehouse_file.stem: self._target.warehouse_file,
            MARTS_DATABASE: self._target.marts_file,
            LANDED_ALIAS: self._landed_file,
        }
        try:
            with duckdb.connect() as connection:
                for name, file in files.items():
                    attach(connection, file, name)
                found = connection.execute(query)
                return Rows([column[0] for column in found.description], found.fetchmany(most))
        except duckdb.Error as error:
            raise EngineError(str(error).splitlines()[0]) from error
