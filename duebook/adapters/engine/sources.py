"""Where a source's tables are: a folder of files, a workbook, a DuckDB file, or another database, attached read only.

Here: finding a table and copying its rows, as they are, into the connection the engine works in. Not here: types and
columns (views.py), which file is which table's (table_files.py), lists that nobody prepared (duebook/adapters/flat).
"""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import duckdb

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.lines import FILE, ROW, add_lines, is_filled, make_table, names_of
from duebook.adapters.engine.relations import columns_of
from duebook.adapters.engine.table_files import READERS, WORKBOOK, TableFile, table_files
from duebook.adapters.engine.worksheets import is_book, lines_of_sheet, refuse_old_format
from duebook.sql_text import identifier, literal

# The database systems, the extension of DuckDB that reads each, and the package that brings it.
SYSTEMS = {
    "postgres": ("postgres", "postgres_scanner"),
    "postgresql": ("postgres", "postgres_scanner"),
    "mysql": ("mysql", "mysql_scanner"),
    "sqlite": ("sqlite", "sqlite_scanner"),
}
# What the extensions are to leave as it is: SQLite's cells, whose column may hold any type, and small whole numbers.
AS_THEY_ARE = {"sqlite": "set sqlite_all_varchar = true", "mysql": "set mysql_tinyint1_as_boolean = false"}
# Schemas of the database systems themselves, whose tables are none of the source's.
OF_THE_SYSTEM = ("information_schema", "pg_catalog", "mysql", "performance_schema", "sys")
SQLITE_HEAD = b"SQLite format 3\0"
DATABASE = "source_database"
JSON_OBJECT = "json"


@dataclass(frozen=True)
class Found:
    """A table of the source, copied.

    Attributes:
        relation: the copy, as SQL names it.
        columns: its columns; of JSON lines, the keys of their objects.
        is_json: its rows are JSON objects, in one column.
        place: where it came from, for messages.
        has_lines: its rows have their line in the file, in `_row`.
    """

    relation: str
    columns: Sequence[str]
    is_json: bool
    place: str
    has_lines: bool = False


class Source:
    """A source that can be read.

    Attributes:
        place: what the user gave, without a password.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, place: str) -> None:
        """Open a source.

        Args:
            con: where its tables are copied to.
            place: a folder, a workbook, a DuckDB or SQLite file, or an address such as `postgres://reader@host/database`.

        Raises:
            AdapterError: there is nothing, or it can't be opened.
        """
        self._con, self._copies = con, 0
        self._files: dict[str | None, Sequence[TableFile]] = {}
        system = urlsplit(place).scheme
        self.place = without_password(place, place) if system in SYSTEMS else place
        self._address = place
        # Of files: the folder, or the workbook.
        self._path: Path | None = None
        if system in SYSTEMS:
            self._attach_system(system, place)
            return
        path = Path(place).expanduser()
        if path.is_dir() or is_book(path):
            self._path = path
        elif path.is_file():
            refuse_old_format(path)
            if _is_sqlite(path):
                self._attach_system("sqlite", str(path))
                return
            self._attach(f"attach {literal(path)} as {DATABASE} (read_only)")
        else:
            raise AdapterError(f"{place}: there is no such folder, file or database.")

    def names(self, schema: str | None) -> list[str]:
        """Name the tables of a schema (a folder); of all of the source, where it has none."""
        if self._path is not None:
            return sorted({one.name for one in self._files_of(schema)})
        return sorted({name for _, name in self._listed(schema)})

    def find(self, name: str, schema: str | None) -> Found | None:
        """Copy a table.

        Args:
            name: its name; the case doesn't matter, and `*` stands for any text.
            schema: the schema or folder it is in; None: wherever it is.

        Returns:
            The copy; None where there is no such table.

        Raises:
            AdapterError: it can't be read, or two schemas have one of that name.
        """
        if self._path is not None:
            return self._copy_files(name, schema)
        tables = [one for one in self._listed(schema) if _is_called(one[1], name)]
        if len({found for found, _ in tables}) > 1:
            there = ", ".join(sorted({found for found, _ in tables}))
            raise AdapterError(f"{name} is in several schemas ({there}): name one for each company in the options.")
        if not tables:
            return None
        parts = [f"select *, {literal('.'.join(one))} as _file from {identifier(DATABASE, *one)}" for one in tables]
        return self._copy(" union all by name ".join(parts), ", ".join(".".join(one) for one in tables), is_json=False)

    def _files_of(self, schema: str | None) -> Sequence[TableFile]:
        """The files of a schema's tables, looked for once; a workbook that is the source has no schemas."""
        if schema not in self._files:
            if schema is None:
                self._files[schema] = table_files(self._path)
            else:
                self._files[schema] = table_files(self._path / schema) if self._path.is_dir() else []
        return self._files[schema]

    def _copy_files(self, name: str, schema: str | None) -> Found | None:
        files = [one for one in self._files_of(schema) if _is_called(one.name, name)]
        for one in files:
            refuse_old_format(one.file)
        place = ", ".join(one.place for one in files)
        kinds = {one.kind for one in files}
        if len(kinds) > 1:
            raise AdapterError(f"{place}: one table in two formats; remove one of them.")
        if not files:
            return None
        if kinds == {WORKBOOK}:
            query = " union all by name ".join(f"select * from {self._copy_sheet(one)}" for one in files)
            return self._copy(query, place, is_json=False, has_lines=True)
        [kind] = kinds
        listed = f"[{', '.join(literal(one.file) for one in files)}]"
        return self._copy(f"select * from {READERS[kind].format(files=listed)}", place, is_json=kind == ".jsonl")

    def _copy_sheet(self, table: TableFile) -> str:
        """Copy a sheet, whose first line that holds anything names the columns; returns the copy."""
        lines = ((number, cells) for number, cells in lines_of_sheet(table.file, table.sheet, ".") if is_filled(cells))
        _, header = next(lines, (0, []))
        names = names_of(table.place, header)
        self._copies += 1
        relation = identifier(f"sheet_{self._copies}")
        make_table(self._con, relation, names)
        if faults := add_lines(self._con, relation, table.place, lines, names):
            raise AdapterError("\n".join(faults))
        return relation

    def _copy(self, query: str, place: str, *, is_json: bool, has_lines: bool = False) -> Found:
        self._copies += 1
        relation = identifier(f"copy_{self._copies}")
        try:
            self._con.execute(f"create or replace temp table {relation} as {query}")
        except duckdb.Error as error:
            raise AdapterError(f"{place} can't be read: {error}") from None
        if is_json:
            keys = f"select distinct unnest(json_keys({JSON_OBJECT})) from {relation} order by 1"
            columns = [key for (key,) in self._con.execute(keys).fetchall()]
        else:
            beside = {FILE, ROW} if has_lines else {FILE}
            columns = [name for name in columns_of(self._con, relation) if name not in beside]
        return Found(relation, columns, is_json, place, has_lines)

    def _listed(self, schema: str | None) -> list[tuple[str, str]]:
        rows = self._con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = $database "
            "union all select schema_name, view_name from duckdb_views() where database_name = $database "
            "and not internal order by all",
            {"database": DATABASE},
        ).fetchall()
        return [
            (found, name)
            for found, name in rows
            if (found.casefold() not in OF_THE_SYSTEM if schema is None else found.casefold() == schema.casefold())
        ]

    def _attach_system(self, system: str, address: str) -> None:
        extension, package = SYSTEMS[system]
        self._con.execute(f"load {literal(_extension_file(system, package))}")
        if extension in AS_THEY_ARE:
            self._con.execute(AS_THEY_ARE[extension])
        name = address
        if system == "sqlite":
            file = Path(address.removeprefix("sqlite:").removeprefix("//")).expanduser()
            if not file.is_file():
                raise AdapterError(f"{file}: there is no such file.")
            name = str(file)
        self._attach(f"attach {literal(name)} as {DATABASE} (type {extension}, read_only)")

    def _attach(self, statement: str) -> None:
        try:
            self._con.execute(statement)
        except duckdb.Error as error:
            raise AdapterError(without_password(f"{self.place} can't be opened: {error}", self._address)) from None


def _extension_file(system: str, package: str) -> Path:
    """Find the extension that the optional packages bring; nothing is downloaded."""
    found = find_spec(f"duckdb_extension_{package}")
    files = (
        [] if found is None else sorted(Path(found.origin).parent.rglob(f"*/v{duckdb.__version__}/*.duckdb_extension"))
    )
    if not files:
        raise AdapterError(
            f"Reading a {system} database needs an extension of DuckDB {duckdb.__version__}: "
            "install it with `make install ADAPTERS=1`."
        )
    return files[0]


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(SQLITE_HEAD)) == SQLITE_HEAD


def _is_called(name: str, wanted: str) -> bool:
    return fnmatch.fnmatchcase(name.casefold(), wanted.casefold())


def without_password(text: str, address: str) -> str:
    """Hide the password of an address in a text, as it stands in the address and as it is meant."""
    parts = urlsplit(address)
    given = [parts.password, *parse_qs(parts.query).get("password", [])] if parts.scheme in SYSTEMS else []
    for password in filter(None, given):
        for form in sorted({password, unquote(password), quote(password)}, key=len, reverse=True):
            text = text.replace(form, "***")
    return text
