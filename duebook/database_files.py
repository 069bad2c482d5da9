"""Opens DuckDB files that may be encrypted, in use elsewhere, or damaged, for example by a full disk.

Here: finding out which of these it is, reading all of one, and replacing or removing a database with its log.
Not here: what a file is for, and so what to do about it; the keys (encryption.py).
"""

import errno
import os
import shutil
from pathlib import Path

import duckdb

from duebook.encryption import KEY, KEY_FILE, EncryptionError, NoKeyError, is_encrypted, keys, prepare
from duebook.on_disk import sync
from duebook.sql_text import identifier, literal

# Bytes of a DuckDB file's three headers; the data come after them.
EMPTY = 3 * 4096
_UNREADABLE = (
    *(duckdb.IOException, duckdb.SerializationException, duckdb.FatalException, duckdb.InternalException),
    duckdb.InvalidInputException,
)
_IN_USE = "Could not set lock on file"
_DAMAGED = (
    "not a valid DuckDB database file",
    "Could not read enough bytes",
    "Corrupt database file",
    "database file with version number",
    "replaying WAL",
    # Of an encrypted file; the key is right, or it would not have been opened.
    "Computed AES tag differs",
)
_WRONG_KEY = "Wrong encryption key"


class FileInUseError(Exception):
    """Another program has the database file open; has DuckDB's message, in one line."""


class DamagedFileError(Exception):
    """DuckDB can't read the file as a database; has DuckDB's message, in one line."""


def open_database(file: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file as `connect` does, and say what is wrong with it.

    Args:
        file: the file.
        read_only: only read it; other programs may read it at the same time. The file must exist.

    Raises:
        FileInUseError: another program has it open.
        DamagedFileError: it is not a database, or it is damaged.
        EncryptionError: it is encrypted, and the key for it isn't there.
        OSError: it can't be read or written for another reason, such as missing rights.
    """
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    try:
        return connect(file, read_only=read_only)
    except _UNREADABLE as error:
        message = str(error).splitlines()[0]
        if _IN_USE in message:
            raise FileInUseError(message) from error
        if is_damage(message):
            raise DamagedFileError(message) from error
        failure = OSError(message)
        failure.filename = str(file)
        raise failure from error


def connect(file: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file; if it doesn't exist and `read_only` is false, create it, encrypted if there is a key.

    DuckDB takes a key only where it attaches a file: an encrypted one is attached to a database in memory. By that
    one's name connections of a process share the file, as they share one that isn't encrypted.

    Args:
        file: the file. If it is encrypted, cursors of the connection have to choose its database themselves.
        read_only: only read it; other programs may read it at the same time. The file must exist.

    Raises:
        EncryptionError: it is encrypted, and the key for it isn't there.
        duckdb.Error: it can't be read or written.
    """
    if not _takes_a_key(file, read_only):
        return duckdb.connect(file, read_only=read_only)
    place = file.absolute()
    connection = duckdb.connect(f":memory:{place}", config={"temp_directory": f"{place}.tmp"})
    try:
        attach(connection, place, file.stem, read_only=read_only)
        connection.execute(f"use {identifier(file.stem, 'main')}")
    except BaseException:
        connection.close()
        raise
    return connection


def attach(connection: duckdb.DuckDBPyConnection, file: Path, name: str, *, read_only: bool = True) -> None:
    """Attach a database file to a connection under a name; a new one is encrypted if there is a key.

    Args:
        connection: the connection.
        file: the file.
        name: what statements call it.
        read_only: only read it.

    Raises:
        EncryptionError: it is encrypted, and the key for it isn't there.
        duckdb.Error: it can't be read.
    """
    if not _takes_a_key(file, read_only):
        attach_with(connection, file, name, None, read_only=read_only)
        return
    known = keys()
    if not known:
        raise NoKeyError(f"{file} is")
    prepare(connection)
    if not any(attach_with(connection, file, name, key, read_only=read_only) for key in known):
        raise EncryptionError(
            f"{file} is encrypted with another key than is given: set {KEY_FILE} or {KEY} to its own,"
            " or give --encryption-key-file. If that is lost, docs/guide/encryption.md says what can be made again"
        )


def attach_with(
    connection: duckdb.DuckDBPyConnection, file: Path, name: str, key: str | None, *, read_only: bool = True
) -> bool:
    """Attach a database file under a name with one key; return whether it is the file's. A new file is under it.

    Args:
        connection: the connection; with a key to write with, `prepare` was called for it.
        file: the file.
        name: what statements call it.
        key: the key; None: none, of a file that isn't encrypted.
        read_only: only read it.

    Raises:
        duckdb.Error: it can't be read.
    """
    # Bound, so that no message can show it.
    options = ["encryption_key ?"] * (key is not None) + ["read_only"] * read_only
    with_options = f" ({', '.join(options)})" if options else ""
    statement = f"attach if not exists {literal(file)} as {identifier(name)}{with_options}"
    try:
        connection.execute(statement, None if key is None else [key])
    except duckdb.InvalidInputException as error:
        if _WRONG_KEY not in str(error):
            raise
        return False
    return True


def _takes_a_key(file: Path, read_only: bool) -> bool:
    is_new = not read_only and not (file.exists() and file.stat().st_size)
    return bool(keys()) if is_new else is_encrypted(file)


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


def put_in_place(draft: Path, file: Path) -> None:
    """Have a database take the place of another, whose rights and group it gets; a kill leaves one of them, whole.

    Args:
        draft: the new one, closed, with nothing in its log.
        file: the old one, closed; what its log has goes with it.
    """
    shutil.copymode(file, draft)
    os.chown(draft, -1, file.stat().st_gid)
    sync(draft)
    log_of(file).unlink(missing_ok=True)
    draft.replace(file)
    sync(file.parent)


def log_of(file: Path) -> Path:
    """Return the path of a database file's write-ahead log."""
    return file.with_name(f"{file.name}.wal")
