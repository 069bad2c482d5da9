"""Opens DuckDB files that may be in use elsewhere, or damaged, for example by a full disk.

Here: finding out which of the two it is, reading all of one, and removing a database with its log. Not here: what a
file is for, and so what to do about it.
"""

import errno
import os
from pathlib import Path

import duckdb

from duebook.sql_text import identifier

# Bytes of a DuckDB file's three headers; the data come after them.
EMPTY = 3 * 4096
_UNREADABLE = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException, duckdb.InternalException)
_IN_USE = "Could not set lock on file"
_DAMAGED = (
    "not a valid DuckDB database file",
    "Could not read enough bytes",
    "Corrupt database file",
    "database file with version number",
    "replaying WAL",
)


class FileInUseError(Exception):
    """Another program has the database file open; has DuckDB's message, in one line."""


class DamagedFileError(Exception):
    """DuckDB can't read the file as a database; has DuckDB's message, in one line."""


def open_database(file: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file; if it doesn't exist and `read_only` is false, create it.

    Args:
        file: the file.
        read_only: only read it; other programs may read it at the same time. The file must exist.

    Raises:
        FileInUseError: another program has it open.
        DamagedFileError: it is not a database, or it is damaged.
        OSError: it can't be read or written for another reason, such as missing rights.
    """
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    try:
        return duckdb.connect(file, read_only=read_only)
    except _UNREADABLE as error:
        message = str(error).splitlines()[0]
        if _IN_USE in message:
            raise FileInUseError(message) from error
        if is_damage(message):
            raise DamagedFileError(message) from error
        failure = OSError(message)
        failure.filename = str(file)
        raise failure from error


def is_damage(message: object) -> bool:
    """Return whether an error message of DuckDB, or of a tool that uses it, means a damaged database file.

    Such an error can come at any time, because DuckDB checks blocks of rows only when it reads them.
    """
    return any(words in str(message) for words in _DAMAGED)


def damage_of(file: Path) -> str | None:
    """Return why rows of a database can't be read, in one line; None where all of them can, or there is no file.

    Args:
        file: the database; all of it is read.
    """
    if not file.exists():
        return None
    try:
        with open_database(file, read_only=True) as con:
            for schema, table in con.execute("select schema_name, table_name from duckdb_tables()").fetchall():
                con.execute(f"select bit_xor(hash(read)) from {identifier(schema, table)} as read").fetchall()
    except (DamagedFileError, duckdb.Error) as error:
        return str(error).splitlines()[0] if is_damage(error) or isinstance(error, DamagedFileError) else None
    return None


def remove_database(file: Path) -> None:
    """Remove a database file and its write-ahead log: DuckDB would replay the log into a new file of that name."""
    file.unlink(missing_ok=True)
    log_of(file).unlink(missing_ok=True)


def log_of(file: Path) -> Path:
    """Return the path of a database file's write-ahead log."""
    return file.with_name(f"{file.name}.wal")
