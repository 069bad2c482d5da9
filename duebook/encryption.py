"""Encryption at rest: the keys, what DuckDB encrypts with, and whether a file is encrypted.

A key comes from the environment or a file, and goes to DuckDB as a bound value: never into a statement, a message, an
argument of a process or a dbt profile. Not here: opening files with it (database_files.py), which of a home's files are
encrypted (encrypted_home.py).
"""

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb

from duebook.sql_text import literal

KEY, KEY_FILE = "DUEBOOK_ENCRYPTION_KEY", "DUEBOOK_ENCRYPTION_KEY_FILE"
# DuckDB makes its key of any text; one of fewer characters could be guessed.
FEWEST_CHARACTERS = 32
# Every command that takes a home has the option (cli/arguments.py).
GIVE_IT = (
    f"by --encryption-key-file FILE (make: ENCRYPTION_KEY_FILE=FILE), or by {KEY_FILE} or {KEY} in the environment"
)
MAKE_ONE = "`openssl rand -base64 32` makes one"
# What the group may not do to the file, and others not at all.
_OTHERS = 0o027
# DuckDB's header: a checksum, these letters, a version of 8 bytes, and flags, of which the first says it.
_LETTERS, _FLAGS, _HEADER_BYTES = slice(8, 12), 20, 24


class EncryptionError(OSError):
    """A key can't be used, or isn't the one; the message says what to do, and holds no key."""


class NoKeyError(EncryptionError):
    """No key is given where one is needed: one text for all commands."""

    def __init__(self, encrypted: str = "") -> None:
        """Say it.

        Args:
            encrypted: what can't be read without it, with its verb; empty: nothing is there yet.
        """
        said = f"{encrypted} encrypted, and no key is given" if encrypted else "No key is given"
        super().__init__(f"{said}: give it {GIVE_IT}")


def keys() -> tuple[str, ...]:
    """Return the keys there are: the first is for what is written, those after it are former ones. None: no encryption.

    Raises:
        EncryptionError: what is given are no keys.
    """
    given, file = os.environ.get(KEY), os.environ.get(KEY_FILE)
    if given and file:
        raise EncryptionError(f"{KEY} and {KEY_FILE} are both set: expected one of them")
    if not given and not file:
        return ()
    place = f"{KEY_FILE} ({file})" if file else KEY
    found = tuple((_read(Path(file).expanduser()) if file else given).split())
    if not found or any(len(key) < FEWEST_CHARACTERS for key in found):
        expected = f"expected keys of at least {FEWEST_CHARACTERS} characters, the present one first"
        raise EncryptionError(f"{place}: {expected}; {MAKE_ONE}")
    return found


def _read(file: Path) -> str:
    try:
        text, mode = file.read_text(encoding="utf-8"), file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise EncryptionError(f"{KEY_FILE} names {file}, which can't be read: {why}") from None
    if mode & _OTHERS:
        raise EncryptionError(f"{KEY_FILE} names {file}, which others may read or change: `chmod 600 {file}`")
    return text


def is_encrypted(file: Path) -> bool:
    """Return whether a file is an encrypted database of DuckDB; also a damaged one."""
    try:
        with file.open("rb") as opened:
            header = opened.read(_HEADER_BYTES)
    except OSError:
        # Whoever opens it says why it can't be read.
        return False
    return header[_LETTERS] == b"DUCK" and len(header) > _FLAGS and bool(header[_FLAGS] & 1)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Have a connection write encrypted databases, and encrypt what it spills to the disk.

    DuckDB's own library for it is good for reading only.

    Raises:
        EncryptionError: what encrypts isn't installed.
    """
    connection.execute(f"load {literal(_extension())}")
    [(is_on, place)] = connection.execute(
        "select current_setting('temp_file_encryption'), current_setting('temp_directory')"
    ).fetchall()
    if is_on:
        # DuckDB refuses it even then, once anything is spilled.
        return
    # It refuses it, too, where a killed process has left what it spilled: it isn't looked for in no folder.
    connection.execute("set temp_directory = ''")
    connection.execute("set temp_file_encryption = true")
    connection.execute(f"set temp_directory = {literal(place)}")


@cache
def _extension() -> Path:
    """Find what encrypts, among the installed packages; DuckDB looks at its signature, and nothing is downloaded."""
    found = find_spec("duckdb_extension_httpfs")
    files = sorted(Path(found.origin).parent.rglob(f"v{duckdb.__version__}/*.duckdb_extension")) if found else []
    if not files:
        raise EncryptionError(
            f"Encryption needs the package duckdb-extension-httpfs of DuckDB {duckdb.__version__}: run `make install`"
        )
    return files[0]
