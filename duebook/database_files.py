"""Opening DuckDB files that may be in use elsewhere, or damaged: a full disk leaves files that are no databases.

Here: telling the two apart, and removing a database with its log. Not here: what a file is for, and so what to do about
it.
"""

import errno
import os
from pathlib import Path

import duckdb

# Bytes of a DuckDB file's three headers; what it holds comes after them.
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
    """Another program has the database file open; the message is DuckDB's, in one line."""


class DamagedFileError(Exception):
    """The file is no database DuckDB can read; the message is DuckDB's, in one line."""


def open_database(file: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file; for reading and writing, make it where there is none.

    Args:
        file: the file.
        read_only: only read it, as others may at the same time; it has to be there.

    Raises:
        FileInUseError: another program has it open.
        DamagedFileError: it is no database, or not a whole one.
        OSError: it can't be read or written, whatever is in it.
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
    """Say whether a message of DuckDB's, or of what works with it, tells of a damaged database file.

    Not only when it is opened: blocks of rows are checked when they are read.
    """
    return any(words in str(message) for words in _DAMAGED)


def remove_database(file: Path) -> None:
    """Remove a database file with the log beside it, which DuckDB would replay into a new file of that name."""
    file.unlink(missing_ok=True)
    log_of(file).unlink(missing_ok=True)


def log_of(file: Path) -> Path:
    """Where DuckDB keeps what it has yet to write into a database file."""
    return file.with_name(f"{file.name}.wal")
