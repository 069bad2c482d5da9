"""Publications without what they hold of persons who are erased: the marts' files, and those with personal data.

A publication that holds something is published once more from its own rows, cleared on the way: so every part of it is
replaced as a whole, its rights stay, and its record is that of its files. Of marts, whatever isn't masked anyway is
cleared. Here: that, and removing replaced files at once. Not here: which rows are whose (persons), Postgres.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb
import yaml

from duebook.cleared import Kept, cleared, replaced
from duebook.contract import MASK, Column, Contract
from duebook.database_files import attach, attach_with, damage_of
from duebook.home import published_folders, publishing_again
from duebook.persons import is_record_of_theirs, is_theirs
from duebook.publication.large_marts import large_marts, read_from
from duebook.publication.parquet import BY_MONTH
from duebook.publication.publish import PARQUET_PREFIX, publish
from duebook.publication.record import Publication, read_publication
from duebook.publication.reports import report_of
from duebook.publication.targets import Target
from duebook.publication.versions import KEPT_AFTER_REPLACEMENT, remove_replaced
from duebook.refresh_log import Refresh, utc_now
from duebook.settings import DBT_PROJECT_DIR, MARTS_SCHEMA, PERSONAL_FILE, PERSONAL_SCHEMA, Settings
from duebook.sql_text import identifier, literal

_OLD, _NEW = "of_readers", "cleared"
# The folder of cleared rows of large marts, until they are published.
_LARGE = "large"
_READABLE_BY_GROUP = 0o040
# A publication's database, its record, where the site goes; and `report`, the one it has.
SiteOfReport = Callable[..., None]


class DamagedPublicationError(RuntimeError):
    """A publication can't be cleared, for it can't be read; says which file, and what to do."""


@dataclass(frozen=True)
class _Clearing:
    """What is done with a table: a condition for its rows, and the new value of each column that is cleared, SQL."""

    condition: str
    values: Mapping[str, str]

    @property
    def changes(self) -> str:
        """Whether a row is changed."""
        ways = (f"{identifier(name)} is distinct from {value}" for name, value in self.values.items())
        return f"{self.condition} and ({' or '.join(ways)})"

    @property
    def rows(self) -> str:
        """The columns, cleared."""
        return replaced(self.values, self.condition)


def publications(settings: Settings) -> list[Path]:
    """Return the folders of all publications: the current one, and those of past days."""
    return [folder for folder in published_folders(settings) if read_publication(folder)]


def refuse_damaged_publications(settings: Settings) -> None:
    """Look whether all publications can be read, before anything of somebody goes.

    Args:
        settings: whose home.

    Raises:
        DamagedPublicationError: one can't.
    """
    for folder in publications(settings):
        publication = read_publication(folder)
        for file in (folder / publication.database, folder / PERSONAL_FILE):
            if not (why := damage_of(file)):
                continue
            first = "replace it by its last backup, or run `make publish`"
            if folder != settings.published_dir:
                first = f"delete {folder}, or build that day again with {publishing_again(folder)}"
            raise DamagedPublicationError(f"{file} is damaged, and can't be cleared: {why}. First {first}.")


def clear_publication(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    settings: Settings,
    contract: Contract,
    stays: Kept,
    cells: str,
    write_site: SiteOfReport,
) -> dict[str, int]:
    """Publish a publication once more without what it holds of those asked for; return how many rows were cleared.

    Args:
        con: has who is asked for (`persons.ask_for`).
        folder: of the publication.
        settings: whose home; its lock is held.
        contract: the tables.
        stays: what stays.
        cells: the SQL of quarantined rows that are theirs: table_name, load_id, source_file, source_row.
        write_site: makes the dashboard, with the link to the report that is named.

    Returns:
        Rows by schema and table. Nothing was written where there are none.
    """
    record = read_publication(folder)
    day = f"{record.as_of}_{record.known_as_of}"
    work = settings.warehouse_file.parent / "as_of" / f"erasing_{day}" / settings.warehouse_file.name
    # As a past day's: publishing removes what it was made from.
    target = Target(record.as_of, work, folder, folder / record.database, is_past=True)
    shutil.rmtree(work.parent, ignore_errors=True)
    work.parent.mkdir(parents=True)
    counts: dict[str, int] = {}
    try:
        for file, schema, place in (
            (folder / record.database, MARTS_SCHEMA, target.marts_file),
            (folder / PERSONAL_FILE, PERSONAL_SCHEMA, target.warehouse_file),
        ):
            if file.exists():
                counts |= _copy_cleared(con, file, schema, place, _Rules(contract, stays, cells))
        if counts:
            _publish_again(settings, target, record, write_site)
    finally:
        shutil.rmtree(work.parent, ignore_errors=True)
    return counts


@dataclass(frozen=True)
class _Rules:
    contract: Contract
    stays: Kept
    cells: str

    def of(self, schema: str, table: str, columns: Sequence[str]) -> _Clearing | None:
        """What is done with a table of a publication; None: it holds nothing of persons."""
        if (schema, table) == (PERSONAL_SCHEMA, "written_texts"):
            value = f"case when written_text is not null then {literal(MASK)} end"
            return _Clearing(is_record_of_theirs("table_name", "record_id", "written_text"), {"written_text": value})
        if (schema, table) == (PERSONAL_SCHEMA, "quarantined_cells"):
            values = {"value": f"case when value is not null then {literal(MASK)} end"}
            return _Clearing(f"(table_name, load_id, source_file, source_row) in ({self.cells})", values)
        values, conditions = {}, []
        for name, column in self._holds(table).items():
            if name not in columns:
                continue
            of_table, held = column
            if theirs := is_theirs(self.contract.table(of_table), self.contract, there=columns):
                conditions.append(theirs)
                values[name] = cleared(_called(held, name), of_table, self.stays)
        return _Clearing(f"({' or '.join(dict.fromkeys(conditions))})", values) if values else None

    def _holds(self, table: str) -> dict[str, tuple[str, Column]]:
        found = {}
        for name, (of_table, column) in _described_marts().get(table, _NOTHING).holds.items():
            [held] = [one for one in self.contract.table(of_table).columns if one.name == column]
            found[name] = (of_table, held)
        return found


@dataclass(frozen=True)
class _Described:
    holds: Mapping[str, tuple[str, str]]
    month_of: str | None = None


_NOTHING = _Described({})


@cache
def _described_marts() -> dict[str, _Described]:
    """What the marts' YAML files say: which column holds which of the contract, and by whose month files are kept."""
    found = {}
    for path in sorted((DBT_PROJECT_DIR / "models" / "marts").rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            columns = {one["name"]: _meta(one).get("holds", []) for one in model["columns"]}
            holds = {name: tuple(held[0].split(".")) for name, held in columns.items() if len(held) == 1}
            found[model["name"]] = _Described(holds, _meta(model).get(BY_MONTH))
    return found


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return node.get("config", {}).get("meta", {})


def _called(column: Column, name: str) -> Column:
    return Column(name, column.data_type, personal=column.personal, free_text=column.free_text)


def _copy_cleared(
    con: duckdb.DuckDBPyConnection, file: Path, schema: str, place: Path, rules: _Rules
) -> dict[str, int]:
    """Copy a published database into a new file, cleared; return how many rows were, by schema and table."""
    counts = {}
    attach(con, file, _OLD)
    if schema == MARTS_SCHEMA:
        # What is published for all is never encrypted.
        attach_with(con, place, _NEW, None, read_only=False)
    else:
        attach(con, place, _NEW, read_only=False)
    try:
        con.execute(f"copy from database {_OLD} to {_NEW} (schema)")
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = ? order by all", [_OLD]
        ).fetchall()
        # Of an engine whose tables are Parquet: the view reads what is published, and then what is cleared.
        large, cleared_large = large_marts(con, _OLD, schema), []
        for in_schema, table in [*tables, *((schema, mart) for mart in large)]:
            old = identifier(_OLD, in_schema, table)
            columns = [name for (name,) in con.execute(f"select column_name from (describe {old})").fetchall()]
            clearing = rules.of(schema, table, columns)
            rows = "*"
            if clearing and (
                changed := con.execute(f"select count(*) from {old} where {clearing.changes}").fetchone()[0]
            ):
                rows, counts[f"{schema}.{table}"] = clearing.rows, changed
            if table not in large:
                con.execute(f"insert into {identifier(_NEW, in_schema, table)} select {rows} from {old}")
            elif rows != "*":
                file = place.parent / _LARGE / f"{table}.parquet"
                file.parent.mkdir(exist_ok=True)
                con.execute(f"copy (select {rows} from {old}) to {literal(file)} (format parquet)")
                cleared_large.append(table)
        read_from(con, _NEW, schema, place.parent / _LARGE, cleared_large)
        con.execute(f"checkpoint {_NEW}")
    finally:
        con.execute(f"detach {_OLD}")
        con.execute(f"detach {_NEW}")
    return counts


def _publish_again(settings: Settings, target: Target, record: Publication, write_site: SiteOfReport) -> None:
    """Publish what was copied as what it was, with the rights it had, and remove what it replaces at once."""
    personal, site = target.published_dir / PERSONAL_FILE, target.published_dir / settings.dashboard_dir.name
    group = None
    if personal.exists() and personal.stat().st_mode & _READABLE_BY_GROUP:
        # By its number: a group of another machine or container has no name here.
        group = str(personal.stat().st_gid)
    as_it_was = {
        "known_as_of": record.known_as_of,
        "reporting_currency": record.reporting_currency,
        "personal_group": group,
        "full": False,
    }
    refresh = Refresh(record.refresh_id, record.as_of, record.known_as_of, utc_now())
    months = {name: one.month_of for name, one in _described_marts().items() if one.month_of}
    writer = partial(write_site, report=report_of(record, site)) if site.exists() else None
    publish(settings.model_copy(update=as_it_was), target, refresh, writer, months, record.duebook_version)
    # Nobody is given the minutes to read on that another publication gives.
    later = utc_now() + 2 * KEPT_AFTER_REPLACEMENT + timedelta(days=1)
    remove_replaced(target.published_dir, later, PARQUET_PREFIX)
    remove_replaced(site, later)
