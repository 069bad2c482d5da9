"""What stands in the cells of loaded rows: their tables have values, and no longer the way these are written.

Here: the texts of some rows, read once more from files that are as they were loaded: of columns with types, or of those
that may name a person, for texts are in the tables as they landed, unless they were erased there. Not here: opening a
file (``reading``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from duebook.contract import Table
from duebook.landing.arrivals import is_as_loaded
from duebook.landing.files import LandedFile, LandingError, ending_of
from duebook.landing.opened import OpenedFile
from duebook.landing.reading import opened
from duebook.landing.registry import LoadedFile
from duebook.landing.unpacking import Limits
from duebook.landing.work_folder import STAGING_MEMORY
from duebook.settings import Settings

# A file's number, and a row's within it, from 1.
Place = tuple[int, int]


def landed_texts(
    settings: Settings, table: Table, held: Iterable[LoadedFile], wanted: Mapping[int, Sequence[int]]
) -> dict[Place, dict[str, str | None]]:
    """Read the texts of rows, by column; rows of files that are gone, or other than they were, are left out.

    Args:
        settings: where the landing is.
        table: the table of the rows.
        held: the loaded files by their present names.
        wanted: the rows of each file, by its number.
    """
    found: dict[Place, dict[str, str | None]] = {}
    with _connected() as (con, work):
        for loaded in held:
            if rows := wanted.get(loaded.number):
                read = _of_file(con, _landed(settings, table, loaded), loaded, rows, work, Limits.of(settings), _typed)
                found |= {(loaded.number, row): cells for row, cells in (read or {}).items()}
    return found


def texts_that_name(
    settings: Settings, table: Table, loaded: LoadedFile, rows: Sequence[int]
) -> set[tuple[str, str]] | None:
    """Read what rows of a file say in columns that may name a person, each text with its column.

    Args:
        settings: where the landing is.
        table: the table of the rows.
        loaded: the file by its present name.
        rows: which rows.

    Returns:
        None where the file isn't as it was loaded.
    """
    with _connected() as (con, work):
        read = _of_file(con, _landed(settings, table, loaded), loaded, rows, work, Limits.of(settings), _naming)
    return None if read is None else {(name, text) for cells in read.values() for name, text in cells.items() if text}


@contextmanager
def _connected() -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    with (
        TemporaryDirectory(prefix="duebook_landed_") as work,
        duckdb.connect(config={"memory_limit": STAGING_MEMORY, "temp_directory": work}) as con,
    ):
        con.execute("set TimeZone = 'UTC'")
        yield con, Path(work)


def _landed(settings: Settings, table: Table, loaded: LoadedFile) -> LandedFile:
    return LandedFile(table, settings.landing / loaded.name, loaded.name, ending_of(loaded.name))


def _typed(source: OpenedFile) -> list[str]:
    return [one.name for one in source.file.table.landed_columns if one.kind != "string"]


def _naming(source: OpenedFile) -> list[str]:
    tagged = [one.name for one in source.file.table.landed_columns if one.is_hidden]
    return tagged + [name for name, _ in source.unknown_columns]


def _of_file(
    con: duckdb.DuckDBPyConnection,
    file: LandedFile,
    loaded: LoadedFile,
    rows: Sequence[int],
    work: Path,
    limits: Limits,
    columns: Callable[[OpenedFile], Sequence[str]],
) -> dict[int, dict[str, str | None]] | None:
    """Return texts by row and column; None: the file is gone, or other than it was."""
    try:
        if not is_as_loaded(file, loaded, limits):
            return None
        with TemporaryDirectory(dir=work) as own, opened(con, file, Path(own), limits) as source:
            names = [name for name in columns(source) if name in source.columns]
            cells = ", ".join(["true", *map(source.cell, names)])
            con.execute(f"create or replace temp table landed as select {cells} from ({source.query})")
            texts = con.execute(
                "select rowid + 1, * from landed where rowid + 1 in (select unnest(?))", [list(rows)]
            ).fetchall()
    except LandingError:
        return None
    return {row: dict(zip(names, cells, strict=True)) for row, _, *cells in texts}
