"""Where a source's tables are: a folder of files, a DuckDB file, or another database that is attached, read only.

Here: finding a table and copying its rows, as they are, into the connection the engine works in. Not here: types and
columns (views.py), workbooks and lists that nobody prepared (duebook/adapters/flat).
"""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import duckdb

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.relations import columns_of
from duebook.sql_text import identifier, literal

# By the ending of a file's name: how its rows are read, every cell of a text file as text.
READERS = {
    ".csv": "read_csv({files}, all_varchar = true, header = true, union_by_name = true, filename = '_file')",
    ".jsonl": "read_ndjson_objects({files}, filename = '_file', maximum_object_size = 67108864)",
    ".parquet": "read_parquet({files}, union_by_name = true, filename = '_file')",
}
READERS |= {f"{ending}.gz": READERS[ending] for ending in (".csv", ".jsonl")}
# The database systems, the extension of DuckDB that reads each, and the package that brings it.
SYSTEMS = {
    "postgres": ("postgres", "postgres_scanner"),
    "postgresql": ("postgres", "postgres_scanner"),
    "mysql": ("mysql", "mysql_scanner"),
    "sqlite": ("sqlite", "sqlite_scanner"),
}
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
    """

    relation: str
    columns: Sequence[str]
    is_json: bool
    place: str


class Source:
    """A source that can be read.

    Attributes:
        place: what the user gave, without a password.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, place: str) -> None:
        """Open a source.

        Args:
            con: where its tables are copied to.
            place: a folder, a DuckDB file, or an address such as `postgres://reader@host/database`.

        Raises:
            AdapterError: there is nothing, or it can't be opened.
        """
        self._con, self._copies = con, 0
        system = urlsplit(place).scheme
        self.place = without_password(place, place) if system in SYSTEMS else place
        self._address = place
        self._folder: Path | None = None
        if system in SYSTEMS:
            self._attach_system(system, place)
            return
        path = Path(place).expanduser()
        if path.is_dir():
            self._folder = path
        elif path.is_file():
            self._attach(f"attach {literal(path)} as {DATABASE} (read_only)")
        else:
            raise AdapterError(f"{place}: there is no such folder, file or database.")

    def names(self, schema: str | None) -> list[str]:
        """Name the tables of a schema (a folder); of all of the source, where it has none."""
        if self._folder is not None:
            folder = self._folder / schema if schema else self._folder
            return sorted({_stem(file) for file in folder.glob("*") if _ending(file)})
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
        if self._folder is not None:
            return self._copy_files(name, self._folder / schema if schema else self._folder)
        tables = [one for one in self._listed(schema) if _is_called(one[1], name)]
        if len({found for found, _ in tables}) > 1:
            there = ", ".join(sorted({found for found, _ in tables}))
            raise AdapterError(f"{name} is in several schemas ({there}): name one for each company in the options.")
        if not tables:
            return None
        parts = [f"select *, {literal('.'.join(one))} as _file from {identifier(DATABASE, *one)}" for one in tables]
        return self._copy(" union all by name ".join(parts), ", ".join(".".join(one) for one in tables), False)

    def _copy_files(self, name: str, folder: Path) -> Found | None:
        files = sorted(file for file in folder.glob("*") if _ending(file) and _is_called(_stem(file), name))
        if not files:
            return None
        endings = {_ending(file) for file in files}
        is_json = any(ending.startswith(".jsonl") for ending in endings)
        if len({ending.removesuffix(".gz") for ending in endings}) > 1:
            raise AdapterError(f"{', '.join(map(str, files))}: one table in two formats; remove one of them.")
        listed = f"[{', '.join(literal(file) for file in files)}]"
        reader = READERS[endings.pop()].format(files=listed)
        return self._copy(f"select * from {reader}", ", ".join(map(str, files)), is_json)

    def _copy(self, query: str, place: str, is_json: bool) -> Found:
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
            columns = [name for name in columns_of(self._con, relation) if name != "_file"]
        return Found(relation, columns, is_json, place)

    def _listed(self, schema: str | None) -> list[tuple[str, str]]:
        rows = self._con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = $database "
            "union all select schema_name, view_name from duckdb_views() where database_name = $database "
            "and not internal order by all",
            {"database": DATABASE},
        ).fetchall()
        return [(found, name) for found, name in rows if schema is None or found.casefold() == schema.casefold()]

    def _attach_system(self, system: str, address: str) -> None:
        extension, package = SYSTEMS[system]
        self._con.execute(f"load {literal(_extension_file(system, package))}")
        name = address.removeprefix("sqlite:").removeprefix("//") if system == "sqlite" else address
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


def _ending(file: Path) -> str | None:
    """The ending of a file's name by which it is read; None where it isn't."""
    name = file.name.lower()
    return next((ending for ending in sorted(READERS, key=len, reverse=True) if name.endswith(ending)), None)


def _stem(file: Path) -> str:
    return file.name[: -len(_ending(file) or "")] if _ending(file) else file.name


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
