"""Opens a landed file for DuckDB: a query over its rows in file order, with every cell as text.

Text stays unchanged; values of Parquet's types are converted to text, from which they can be read without loss. Here:
what all formats share. Not here: each format (``csv_files``, ``jsonl_files``, ``parquet_files``), whether a cell is
good (``cells``), and running the query (``checking``).

Messages name files, lines and columns, but never show a cell: terminals and logs show them, and cells may hold personal
data.
"""

import errno
import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from duebook.landing.csv_files import csv_fault, open_csv, refuse_longer_rows
from duebook.landing.files import LandedFile, LandingError
from duebook.landing.jsonl_files import open_jsonl
from duebook.landing.opened import OpenedFile, refuse_columns
from duebook.landing.parquet_files import open_parquet, parquet_fault
from duebook.landing.unpacking import UNLIMITED, Limits, copy_within

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class NotEnoughMemoryError(LandingError):
    """Reading a file takes more memory than is left."""


def too_much_memory(file: LandedFile) -> NotEnoughMemoryError:
    """Make the error, which says what to do."""
    return NotEnoughMemoryError(
        f"{file.name}: reading it takes too much memory: land it in smaller files, or with fewer columns"
    )


@contextmanager
def opened(
    con: duckdb.DuckDBPyConnection, file: LandedFile, work: Path, limits: Limits = UNLIMITED
) -> Iterator[OpenedFile]:
    """Open a file; inside the ``with`` its query can be run, and DuckDB's errors become messages for users.

    Args:
        con: connection the query will run on; its time zone must be UTC.
        file: the file.
        work: folder for copies, for this file alone.
        limits: how large it may be.

    Raises:
        LandingError: the file can't be opened or parsed, or changed while it was read; names the file, the line and
            the fault.
    """
    before = file.state()
    limits.refuse_large(file, before[0])
    with _unpacked(file, work, limits) as path:
        try:
            source = _open(con, file, path, work)
            refuse_columns(source)
            yield source
        except duckdb.Error as error:
            if os.strerror(errno.ENOSPC) in str(error):
                raise
            # A transaction that has failed takes no further query.
            with suppress(duckdb.TransactionException):
                con.rollback()
            # DuckDB's message quotes the line: it must not get into a log, not even as the cause of our error.
            if isinstance(error, duckdb.OutOfMemoryException):
                fault = too_much_memory(file)
            else:
                fault = LandingError(_fault(con, file, path, error))
        else:
            fault = None
    if fault:
        raise fault from None
    if file.state() != before:
        raise LandingError(
            f"{file.name} changed while it was read: write files in another folder, then move them into the landing"
        )


@contextmanager
def _unpacked(file: LandedFile, work: Path, limits: Limits) -> Iterator[Path]:
    """Yield the file, or an unpacked copy of it: DuckDB would read a truncated gzip file without an error."""
    if not file.is_packed:
        yield file.path
        return
    copy = work / f"unpacked.{file.kind}"
    try:
        _unpack(file, copy, limits)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _unpack(file: LandedFile, copy: Path, limits: Limits) -> None:
    try:
        with gzip.open(file.path) as stream, copy.open("wb") as target:
            head = stream.read(3)
            target.write(head.removeprefix(_BYTE_ORDER_MARK))
            copy_within(limits, file, stream, target.write)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        # If the file isn't gzip, the error quotes its first bytes: they must not be shown.
        why = "it is not packed" if "Not a gzipped file" in str(error) else str(error)
        raise LandingError(f"{file.name}: the gzip file is broken: {why}: pack it again") from None


def _open(con: duckdb.DuckDBPyConnection, file: LandedFile, path: Path, work: Path) -> OpenedFile:
    match file.kind:
        case "csv":
            source = open_csv(file, path)
            refuse_longer_rows(con, source, path)
            return source
        case "jsonl":
            return open_jsonl(file, path, work)
        case _:
            return open_parquet(con, file, path)


def _fault(con: duckdb.DuckDBPyConnection, file: LandedFile, path: Path, error: duckdb.Error) -> str:
    """Return what is wrong with the file, in a sentence that contains no data of it."""
    match file.kind:
        case "csv":
            return csv_fault(file, path, str(error))
        case "parquet":
            return parquet_fault(con, file, path)
        case _:
            return f"{file.name} can't be read: DuckDB fails with {type(error).__name__}"
