"""What stands in the cells of loaded rows: their tables have values, and no longer the way these are written.

Here: the texts of some rows, read once more from files that are as they were loaded. Not here: opening a file
(``reading``). Only columns with types: texts are in the tables as they landed, unless they were erased there.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from duebook.contract import Table
from duebook.landing.arrivals import is_as_loaded
from duebook.landing.files import LandedFile, LandingError, ending_of
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
    with (
        TemporaryDirectory(prefix="duebook_landed_") as work,
        duckdb.connect(config={"memory_limit": STAGING_MEMORY, "temp_directory": work}) as con,
    ):
        con.execute("set TimeZone = 'UTC'")
        for loaded in held:
            if rows := wanted.get(loaded.number):
                file = LandedFile(table, settings.landing / loaded.name, loaded.name, ending_of(loaded.name))
                found |= _of_file(con, file, loaded, rows, Path(work), Limits.of(settings))
    return found


def _of_file(
    con: duckdb.DuckDBPyConnection,
    file: LandedFile,
    loaded: LoadedFile,
    rows: Sequence[int],
    work: Path,
    limits: Limits,
) -> dict[Place, dict[str, str | None]]:
    try:
        if not is_as_loaded(file, loaded, limits):
            return {}
        with TemporaryDirectory(dir=work) as own, opened(con, file, Path(own), limits) as source:
            typed = [one.name for one in file.table.landed_columns if one.kind != "string"]
            names = [name for name in typed if name in source.columns]
            cells = ", ".join(["true", *map(source.cell, names)])
            con.execute(f"create or replace temp table landed as select {cells} from ({source.query})")
            texts = con.execute(
                "select rowid + 1, * from landed where rowid + 1 in (select unnest(?))", [list(rows)]
            ).fetchall()
    except LandingError:
        return {}
    return {(loaded.number, row): dict(zip(names, cells, strict=True)) for row, _, *cells in texts}
