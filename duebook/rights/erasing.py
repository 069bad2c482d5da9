"""Erasing a person: what names the person goes from every place of a home, and every figure stays.

In this order, each step as a whole or not at all: the note of who is erased, by which every load from then on clears,
so that a run that was ended early is repeated, or goes on with the next refresh; what models have built, which is built
again; publications; landed rows; Postgres. Here: that, and looking for what is left. Not here: which rows are whose
(duebook/persons.py), clearing (duebook/landing/erased.py, duebook/publication/erased.py), words and questions
(cli/erase.py).
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from duebook.audit import Event, record
from duebook.cleared import kept, naming
from duebook.contract import Contract, read_contract
from duebook.database_files import remove_database
from duebook.engines.choice import engine_of
from duebook.home import only_writer, published_folders
from duebook.landing.erased import (
    QUARANTINE,
    Which,
    clear,
    count_rows,
    erased_persons,
    landed,
    note,
    of_persons,
    relation,
)
from duebook.landing.registry import LoadedFile, recorded_files
from duebook.landing.work_folder import remove_remains
from duebook.persons import Person
from duebook.publication.erased import SiteOfReport, clear_publication, publications, refuse_damaged_publications
from duebook.publication.postgres.publish import publish_to_postgres
from duebook.publication.publish import remove_unfinished
from duebook.publication.record import read_publication
from duebook.publication.targets import Target
from duebook.rights.searching import Found, files_with
from duebook.rights.telling import telling
from duebook.settings import LANDED_ALIAS, Settings, marts_file_of
from duebook.sql_text import identifier
from duebook.warehouse.build_plan import record_file


class UnknownPersonError(LookupError):
    """No landed row is of this person."""


@dataclass(frozen=True)
class Erased:
    """What an erasure has done.

    Attributes:
        person: who was erased.
        rows: how many rows were cleared, by place.
        landed_files: files of the landing with rows of the person, relative to it: they are the user's.
        still_in: files of the home in which a text of the person was found afterwards.
        looked_for: how many texts were looked for.
        unread: landed files that hold texts of rows cleared before, and aren't there as they were loaded: these texts
            weren't looked for.
        postgres: where it was published anew; None: nowhere.
    """

    person: Person
    rows: Mapping[str, int]
    landed_files: Sequence[str]
    still_in: Sequence[Found]
    looked_for: int
    unread: Sequence[str]
    postgres: str | None


def erase(
    settings: Settings,
    person: Person,
    write_site: SiteOfReport,
    keys: Mapping[str, Sequence[str]],
    tell: Callable[[str], None],
) -> Erased:
    """Clear what names a person in every place of a home.

    Args:
        settings: whose home.
        person: who.
        write_site: makes a publication's dashboard.
        keys: of marts, for Postgres.
        tell: gets a line for each step.

    Raises:
        UnknownPersonError: nothing landed is of this person; nothing was done.
        DamagedPublicationError: a publication can't be read; nothing was done.
        HomeIsBusyError: a refresh runs; nothing was done.
        EngineError, PostgresError, duckdb.Error, OSError: a step failed; the steps before it stand, and all of it can
            be run again.
    """
    contract = read_contract()
    with only_writer(settings):
        with landed(settings) as con:
            which, noted = of_persons(con, [person], contract), erased_persons(con)
            if not count_rows(con, which, settings, contract, left=False) and person not in noted:
                raise UnknownPersonError(f"No landed row is of {person}.")
            refuse_damaged_publications(settings)
            of_landed = _of_landed(count_rows(con, which, settings, contract))
            # Before anything goes: of an erasure that is killed the log says that it began, and with what.
            record(settings, Event.ERASING, "erase", str(person), of_landed)
        if is_new := person not in noted:
            note(settings, person)
        with landed(settings) as con:
            which = of_persons(con, [person], contract)
            files = _files_of(con, which, contract)
            # Of rows that were cleared before, what they said is in the landed files alone.
            told = telling(con, which, settings, contract, [] if is_new else files)
            # Rows of files that were never loaded are there as well, so what is left says nothing of it.
            remove_remains(settings, tell)
            if of_landed or is_new:
                tell("The warehouse: the next refresh builds it again.")
                remove_what_was_built(settings)
            rows = _clear_publications(con, which, settings, write_site, tell)
            if of_landed:
                clear(con, which, settings, contract)
                rows |= of_landed
                tell(f"Landed rows: {sum(of_landed.values()):,} cleared.")
        # Before Postgres is asked: what was done stands, whether that answers or not.
        record(settings, Event.ERASED, "erase", str(person), rows)
        place = _publish_to_postgres(settings, keys, tell)
        still_in = list(files_with(settings.home, told.texts)) if told.texts else []
    names = sorted({file.name for file in files})
    return Erased(person, rows, names, still_in, len(told.texts), told.unread, place)


@contextmanager
def cleared_elsewhere(
    settings: Settings,
    write_site: SiteOfReport,
    tell: Callable[[str], None],
    con: duckdb.DuckDBPyConnection,
    which: Which,
    found: Mapping[str, int],
) -> Iterator[None]:
    """Clear what was made of landed rows that turn out to be those of persons who were erased before.

    Args:
        settings: whose home; its lock is held.
        write_site: makes a publication's dashboard.
        tell: gets a line for each publication.
        con: with the landing database, and who was erased.
        which: the rows, which are cleared within.
        found: how many of which table.
    """
    persons, of_landed = "persons who were erased", _of_landed(found)
    record(settings, Event.ERASING, "refresh", persons, of_landed)
    remove_what_was_built(settings)
    rows = _clear_publications(con, which, settings, write_site, tell)
    yield
    record(settings, Event.ERASED, "refresh", persons, rows | of_landed)


def _of_landed(counts: Mapping[str, int]) -> dict[str, int]:
    return {f"landed rows: {name}": count for name, count in counts.items()}


def _clear_publications(
    con: duckdb.DuckDBPyConnection,
    which: Which,
    settings: Settings,
    write_site: SiteOfReport,
    tell: Callable[[str], None],
) -> dict[str, int]:
    """Publish all publications again without those asked for; return how many rows were cleared, by place."""
    # What a killed publication has left is none, and may hold as much.
    for folder in published_folders(settings):
        remove_unfinished(folder)
    contract, stays, rows = read_contract(), kept(settings), {}
    for folder in publications(settings):
        found = clear_publication(con, folder, settings, contract, stays, quarantined_places(which), write_site)
        place = folder.relative_to(settings.home).as_posix()
        rows |= {f"{place}: {name}": count for name, count in found.items()}
        if found:
            tell(f"{place}: published again, {sum(found.values()):,} rows cleared.")
    return rows


def remove_what_was_built(settings: Settings) -> None:
    """Remove all that models have made of landed rows; the next build is a full one, in new files."""
    folder, warehouse = settings.warehouse_file.parent, settings.warehouse_file
    target = Target(settings.as_of, warehouse, settings.published_dir, settings.published_file, is_past=False)
    engine_of(settings, target).forget()
    for file in (warehouse, marts_file_of(warehouse)):
        remove_database(file)
    record_file(warehouse).unlink(missing_ok=True)
    # What builds of past days, and DuckDB's spilling, have left when they were killed.
    shutil.rmtree(folder / "as_of", ignore_errors=True)
    for spilled in folder.glob("*.tmp"):
        shutil.rmtree(spilled, ignore_errors=True)


def _publish_to_postgres(
    settings: Settings, keys: Mapping[str, Sequence[str]], tell: Callable[[str], None]
) -> str | None:
    """Publish the current publication, which is cleared, in the place of what is there."""
    publication = read_publication(settings.published_dir)
    if settings.postgres_url is None or publication is None:
        return None
    place = publish_to_postgres(settings, publication, keys, tell).place
    tell(f"Postgres: published again in {place}.")
    return place


def quarantined_places(which: Which) -> str:
    """Return SQL for the places of quarantined rows: table_name, load_id, source_file, source_row."""
    if which.quarantine == "false":
        return "select null, null, null, null where false"
    columns = "table_name, load_id, source_file, source_row"
    return f"select {columns} from {relation(QUARANTINE)} where {which.quarantine}"


def _files_of(con: duckdb.DuckDBPyConnection, which: Which, contract: Contract) -> list[LoadedFile]:
    """Return the files in which rows of the person were landed, by the names they have now."""
    rows = [
        f"select source_file_number from {relation(name)} where {condition}"
        for name, condition in which.tables.items()
        if any(one.is_hidden for one in naming(contract.table(name)))
    ]
    if which.quarantine != "false":
        rows.append(f"select source_file_number from {relation(QUARANTINE)} where {which.quarantine}")
    numbers = {number for (number,) in con.execute(" union ".join(rows)).fetchall()} if rows else set()
    con.execute(f"use {identifier(LANDED_ALIAS)}")
    files, held = recorded_files(con)
    con.execute("use memory")
    now = {file.number: file for file in held.values()}
    return [now.get(file.number, file) for file in files if file.number in numbers]
