"""A home that a test refreshes day after day with DuckDB, and whose days another engine builds, too, of the same files.

Here: bringing what has landed and what was published to Postgres, building there, and what differs. Not here: the files
that land (landing), which differences there may be.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from duebook.engines import postgres
from duebook.engines.handing_over import Files, Model, Read, hand_over
from duebook.publication.record import read_publication
from duebook.publication.targets import Target, targets_of
from duebook.reference import home_files
from duebook.settings import LANDED_ALIAS, MARTS_DATABASE, MARTS_SCHEMA, PERSONAL_SCHEMA, Settings, marts_file_of
from duebook.sql_text import attach, identifier, literal
from duebook.warehouse.build_plan import Build
from duebook.warehouse.dbt_arguments import dbt_arguments
from duebook.warehouse.manifest import MANIFEST, read_manifest
from duebook.warehouse.views_of_marts import make_views
from tests.support.compiled_models import run_dbt
from tests.support.publications.postgres_server import Database
from tests.support.refreshes.daily import MODELS_AND_SEEDS
from tests.support.refreshes.reporting_home import Home

# When a build ran is of that build alone.
TIMES_OF_BUILDS = {"frozen_at", "detected_at"}
NAMED = "select table_name from information_schema.tables where table_catalog = ? and table_schema = ?"


@dataclass
class Compared:
    """What was held against each other, and the marts that differ, with how many rows differ in which columns."""

    marts: int = 0
    columns: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    differ: dict[str, dict[str, int]] = field(default_factory=dict)


class HomeOnTwoEngines(Home):
    """A home of which each day is built by DuckDB and by Postgres; DuckDB's is published."""

    def __init__(self, folder: Path, database: Database, currency: str = "EUR") -> None:
        """Begin with an empty landing and an empty database; `currency`: what marts are in."""
        super().__init__(folder, currency)
        self._folder, self._database, self.url = folder, database, database.url()
        # Whether Postgres' builds run dbt's data tests, as those of a refresh do: all with a build of everything.
        self.is_tested = True
        # What each build brought to Postgres, by table, and what came of it.
        self.brought: dict[date, dict[str, int]] = {}
        self.compared: dict[date, Compared] = {}

    def build(self, day: date) -> None:
        """Build the marts on both engines, and compare them; Postgres adds what DuckDB's build added."""
        settings = self.settings(day)
        if record := read_publication(settings.published_dir):
            postgres.bring_published(self.url, settings.published_dir / record.database, record.refresh_id)
        self.load(day)
        [target] = targets_of(settings, [day])
        changed_since = Build(settings, target).for_dbt
        self.transform(day)
        self.brought[day] = postgres.bring_landing(self.url, settings.landed_file)
        postgres.bring_reference(self.url, home_files(settings))
        # Reference data haven't changed: a change leads to a full build.
        models = MODELS_AND_SEEDS if changed_since is None else ["build", "--resource-type", "model"]
        self.run_on_postgres(day, dbt_arguments(changed_since) if self.is_tested else models, changed_since)
        self.compared[day] = self._compare(settings)

    def run_on_postgres(self, day: date, arguments: Sequence[str], changed_since: dict | None = None) -> None:
        """Run dbt on Postgres."""
        engine = postgres.dbt_environment(self.url)
        run_dbt(self.settings(day), arguments, self._folder / "of_postgres", changed_since, engine)

    def read_on_postgres(self, query: str) -> list[tuple]:
        """Rows of a query there."""
        return self._database.read(query)

    def _compare(self, settings: Settings) -> Compared:
        """Compare before one is published: what a mart says of the refreshes is what both builds knew."""
        # dbt makes them once, as in a refresh; a second time would be as long as all the rest of reading back.
        views = views_like_duckdbs if self.compared else make_views
        read = read_back(
            settings,
            self._folder,
            models_of(MANIFEST.parent),
            lambda file, schema, _: postgres.read_marts(self.url, file, schema),
            views,
        )
        return compared_with(read, settings)


def models_of(dbt_target: Path) -> list[Model]:
    """The models, as the manifest in dbt's target folder describes them."""
    return [node for node in read_manifest(dbt_target)["nodes"].values() if node["resource_type"] == "model"]


def views_like_duckdbs(settings: Settings, day: date, files: Files, names: Sequence[str]) -> None:
    """Make views among the marts as the home's own build of the day made them: they are DuckDB's on each engine."""
    with duckdb.connect(marts_file_of(settings.warehouse_file), read_only=True) as built:
        made = dict(built.execute("select view_name, sql from duckdb_views() where not internal").fetchall())
    assert made.keys() == set(names)
    with duckdb.connect() as con:
        con.execute(attach(settings.landed_file, LANDED_ALIAS))
        con.execute(f"attach {literal(files.marts)} as {identifier(MARTS_DATABASE)}; use {identifier(MARTS_DATABASE)}")
        left = list(made.values())
        while left:
            waiting = [statement for statement in left if not _is_made(con, statement)]
            assert len(waiting) < len(left), waiting
            left = waiting


def _is_made(con: duckdb.DuckDBPyConnection, statement: str) -> bool:
    """Make a view, if those that it reads are there."""
    try:
        con.execute(statement)
    except duckdb.CatalogException:
        return False
    return True


def read_back(
    settings: Settings, folder: Path, models: Sequence[Model], read: Read, make: Callable = make_views
) -> Path:
    """Have an engine hand over its marts, views among them, and return a file with the rows of all of them."""
    of_engine = Target(settings.as_of, folder / "handed over" / settings.warehouse_file.name, folder, folder, False)
    of_engine.marts_file.parent.mkdir(exist_ok=True)
    hand_over(of_engine, models, read, partial(make, settings, settings.as_of))
    rows = folder / "read_back.duckdb"
    rows.unlink(missing_ok=True)
    files = {
        # Views read the database of this name.
        MARTS_DATABASE: of_engine.marts_file,
        of_engine.warehouse_file.stem: of_engine.warehouse_file,
        LANDED_ALIAS: settings.landed_file,
    }
    with duckdb.connect(rows) as con:
        for name, file in files.items():
            con.execute(attach(file, name))
        for database, schema in ((MARTS_DATABASE, MARTS_SCHEMA), (of_engine.warehouse_file.stem, PERSONAL_SCHEMA)):
            con.execute(f"create schema {identifier(rows.stem, schema)}")
            for (name,) in con.execute(NAMED, [database, schema]).fetchall():
                con.execute(
                    f"create table {identifier(rows.stem, schema, name)} as from {identifier(database, schema, name)}"
                )
    return rows


def compared_with(read: Path, settings: Settings) -> Compared:
    """Hold the marts and personal marts that another engine built, read into a file, against a home's own."""
    warehouse = settings.warehouse_file
    files = {LANDED_ALIAS: settings.landed_file, MARTS_DATABASE: marts_file_of(warehouse), "other": read}
    result = Compared()
    with duckdb.connect() as con:
        for name, file in (files | {warehouse.stem: warehouse}).items():
            con.execute(attach(file, name))
        compare(con, MARTS_DATABASE, "other", MARTS_SCHEMA, result)
        compare(con, warehouse.stem, "other", PERSONAL_SCHEMA, result)
    return result


def compare(con: duckdb.DuckDBPyConnection, one: str, other: str, schema: str, result: Compared) -> None:
    """Hold the tables and views of a schema in one database against those in another: doubles to ten digits.

    Rows stand in the order of all their values, doubles last: pairs of the same place are compared.
    """
    names = {name for (name,) in con.execute(NAMED, [one, schema]).fetchall()}
    assert names == {name for (name,) in con.execute(NAMED, [other, schema]).fetchall()}
    for name in sorted(names):
        ours, theirs = (con.execute(f"describe {identifier(of, schema, name)}").fetchall() for of in (one, other))
        assert [row[:2] for row in ours] == [row[:2] for row in theirs], name
        columns = [(column, kind == "DOUBLE") for column, kind, *_ in ours if column not in TIMES_OF_BUILDS]
        result.marts += 1
        result.columns += len(columns)
        order = ", ".join(identifier(column) for column, _ in sorted(columns, key=lambda column: column[1]))
        placed = " full join ".join(
            f"(select *, row_number() over (order by {order}) as place from {identifier(of, schema, name)}) as {alias}"
            for of, alias in ((one, "a"), (other, "b"))
        )
        counts = ", ".join(f"count(*) filter (where {_differs(*column)})" for column in columns)
        found = con.execute(f"select count(*), count(a.place) - count(b.place), {counts} from {placed} using (place)")
        rows, more, *differing = found.fetchone()
        result.rows[name] = rows
        in_columns = {column: n for (column, _), n in zip(columns, differing, strict=True) if n}
        if more or in_columns:
            result.differ[name] = {"rows": more} | in_columns


def _differs(column: str, is_double: bool) -> str:
    a, b = identifier("a", column), identifier("b", column)
    if not is_double:
        return f"{a} is distinct from {b}"
    close = f"abs({a} - {b}) <= 1e-10 * greatest(abs({a}), abs({b})) + 1e-12"
    return f"not coalesce({close}, {a} is null and {b} is null)"
