"""Opens a landed file for DuckDB: a query over its rows in file order, every cell as text.

What lands as text stays letter for letter; what Parquet holds by its own types is written out as text a contract type
can be read back from. Here: what all formats share. Not here: each format (``csv_files``, ``jsonl_files``,
``parquet_files``), whether a cell is any good (``cells``), and running the query (``checking``).

Messages name files, lines and columns, never a cell: they go to terminals and logs, and cells may be personal.
"""

import errno
import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from duebook.landing.csv_files import csv_fault, open_csv
from duebook.landing.files import LandedFile, LandingError
from duebook.landing.jsonl_files import open_jsonl
from duebook.landing.opened import OpenedFile, refuse_columns
from duebook.landing.parquet_files import open_parquet, parquet_fault
from duebook.landing.unpacking import UNLIMITED, Limits, copy_within

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@contextmanager
def opened(
    con: duckdb.DuckDBPyConnection, file: LandedFile, work: Path, limits: Limits = UNLIMITED
) -> Iterator[OpenedFile]:
    """Open a file; inside the ``with`` its query can be run, and what DuckDB has against the file is said plainly.

    Args:
        con: connection the query will run on; its time zone must be UTC.
        file: the file.
        work: folder for an unpacked copy, which is removed again.
        limits: how large it may be.

    Raises:
        LandingError: the file can't be opened or parsed, or changed meanwhile; names the file, the line and what was
            wrong.
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
            # DuckDB's own words quote the line: not even as this error's cause may they come into a log.
            fault = _fault(con, file, path, error)
        else:
            fault = None
    if fault:
        raise LandingError(fault) from None
    if file.state() != before:
        raise LandingError(f"{file.name} changed while it was read: write a file elsewhere, then move it in")


@contextmanager
def _unpacked(file: LandedFile, work: Path, limits: Limits) -> Iterator[Path]:
    """The file itself, or a copy that isn't packed: DuckDB takes a cut-off gzip file for a shorter one."""
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
        # Of what is no gzip file the error quotes the first bytes.
        why = "it is not packed" if "Not a gzipped file" in str(error) else str(error)
        raise LandingError(f"{file.name}: the gzip file is broken: {why}: pack it again") from None


def _open(con: duckdb.DuckDBPyConnection, file: LandedFile, path: Path, work: Path) -> OpenedFile:
    match file.kind:
        case "csv":
            return open_csv(file, path)
        case "jsonl":
            return open_jsonl(file, path, work)
        case _:
            return open_parquet(con, file, path)


def _fault(con: duckdb.DuckDBPyConnection, file: LandedFile, path: Path, error: duckdb.Error) -> str:
    """What helps whoever has to fix the file: a sentence with nothing of its content."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"{file.name}: reading it takes too much memory: land it in smaller files, or with fewer columns"
    match file.kind:
        case "csv":
            return csv_fault(file, path, str(error))
        case "parquet":
            return parquet_fault(con, file, path)
        case _:
            return f"{file.name} can't be read: DuckDB ends with {type(error).__name__}"
