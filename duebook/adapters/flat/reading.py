"""A list's cells as text, in a table of DuckDB: from CSV in any encoding, or from a worksheet.

Every row has its file and its line there. Dates of a worksheet come as YYYY-MM-DD, its numbers with the decimal sign
the mapping declares, as if somebody had written them.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.flat.mapping import File
from duebook.sql_text import identifier

TEXT_ENDINGS, BOOK_ENDINGS = (".csv", ".txt", ".tsv"), (".xlsx", ".xlsm")
FILE, ROW = "_file", "_row"
# Lines handed over at once.
BATCH = 20_000
# Digits a worksheet's numbers are good for.
_DIGITS = 15


def list_files(place: str) -> list[Path]:
    """The files of a list: one, those of a folder, or those that match a pattern; sorted.

    Raises:
        AdapterError: there is none, or one that can't be read.
    """
    path = Path(place).expanduser()
    if path.is_dir():
        files = [file for file in path.iterdir() if _ending(file) in (*TEXT_ENDINGS, *BOOK_ENDINGS)]
    elif path.is_file():
        files = [path]
    else:
        files = [file for file in path.parent.glob(path.name) if file.is_file()]
    if not files:
        raise AdapterError(f"{place}: there is no such file, nor one in it that ends in .csv, .txt or .xlsx.")
    for file in files:
        if _ending(file) == ".xls":
            raise AdapterError(f"{file}: the old format .xls can't be read; save it as .xlsx or as CSV.")
        if _ending(file) not in (*TEXT_ENDINGS, *BOOK_ENDINGS):
            raise AdapterError(f"{file}: expected a file that ends in .csv, .txt, .tsv or .xlsx.")
    return sorted(files)


def read_cells(con: duckdb.DuckDBPyConnection, files: Sequence[Path], how: File, decimal: str) -> list[str]:
    """Read files into the table `cells`.

    Args:
        con: where the table is made.
        files: all with the same columns, in any order.
        how: which sheet, which line is the header, encoding and delimiter.
        decimal: the sign that numbers of a worksheet get.

    Returns:
        The columns, as the first file has them.

    Raises:
        AdapterError: a file can't be read, or has other columns than the first; names file and line.
    """
    columns: list[str] = []
    for file in files:
        lines = lines_of(file, how, decimal)
        header = next(lines, None)
        if header is None:
            raise AdapterError(f"{file}: there is no line {how.header_row} that names the columns.")
        names = _names(file, header[1])
        if not columns:
            columns = names
            listed = ", ".join(f"{identifier(name)} varchar" for name in [FILE, *columns])
            con.execute(f"create or replace temp table cells ({ROW} bigint, {listed})")
        elif sorted(names) != sorted(columns):
            other = ", ".join(sorted(set(names) ^ set(columns)))
            raise AdapterError(f"{file}: its columns are not those of {files[0]}: {other}.")
        for batch in _batches(file, lines, names):
            con.register("batch", batch)
            con.execute("insert into cells by name select * from batch")
            con.unregister("batch")
    return columns


def lines_of(file: Path, how: File, decimal: str) -> Iterator[tuple[int, list[str | None]]]:
    """The lines of a file from its header on, each with its number in the file.

    Raises:
        AdapterError: it can't be read; names the line.
    """
    lines = _book(file, how.sheet, decimal) if _ending(file) in BOOK_ENDINGS else _text(file, how)
    for number, cells in lines:
        if number >= how.header_row and any(cell not in (None, "") for cell in cells):
            yield number, cells


def sheets(file: Path) -> list[str]:
    """Name a workbook's sheets; a text file has none."""
    if _ending(file) not in BOOK_ENDINGS:
        return []
    from openpyxl import load_workbook

    book = load_workbook(file, read_only=True)
    names = list(book.sheetnames)
    book.close()
    return names


def _ending(file: Path) -> str:
    return file.suffix.lower()


def _text(file: Path, how: File) -> Iterator[tuple[int, list[str | None]]]:
    try:
        encoding = codecs.lookup(how.encoding).name
    except LookupError:
        raise AdapterError(f"file.encoding is {how.encoding!r}: expected one such as utf-8 or windows-1252.") from None
    # A byte order mark is no part of the first column's name.
    with file.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as opened:
        reader = csv.reader(opened, delimiter=how.delimiter, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, list(cells)
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise AdapterError(
                f"{file}, after line {reader.line_num}: the byte {byte:#04x} is no {how.encoding}; set file.encoding "
                "(files saved by Excel as CSV are often windows-1252)."
            ) from None
        except csv.Error as error:
            raise AdapterError(f"{file}, line {reader.line_num}: {error}.") from None


def _book(file: Path, sheet: str | None, decimal: str) -> Iterator[tuple[int, list[str | None]]]:
    # Imported here: only worksheets need it.
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except Exception as error:
        # What is no workbook fails in many ways, in the archive, its XML or its parts.
        raise AdapterError(f"{file} can't be read as a workbook: {error}") from None
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise AdapterError(f"{file} has no sheet {sheet!r}: there are {', '.join(book.sheetnames)}.")
        for number, row in enumerate(book[sheet or book.sheetnames[0]].iter_rows(values_only=True), start=1):
            yield number, [_written(cell, decimal) for cell in row]
    finally:
        book.close()


def _written(cell: object, decimal: str) -> str | None:
    """A worksheet's value as somebody would have written it in a text file."""
    match cell:
        case None:
            return None
        case bool():
            return "true" if cell else "false"
        case datetime():
            return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M:%S}"
        case date():
            return f"{cell:%Y-%m-%d}"
        case int():
            return str(cell)
        case float():
            # What it shows, not the last digits of its binary fraction.
            return f"{Decimal(f'{cell:.{_DIGITS}g}'):f}".replace(".", decimal)
        case _:
            return str(cell)


def _names(file: Path, header: Sequence[str | None]) -> list[str]:
    """The columns' names; those without one are called by their place, as a spreadsheet does not."""
    names = [(cell or "").strip() or f"column {place}" for place, cell in enumerate(header, start=1)]
    while names and names[-1] == f"column {len(names)}":
        names.pop()
    twice = sorted({name for name in names if [one.casefold() for one in names].count(name.casefold()) > 1})
    if twice:
        raise AdapterError(f"{file}: the header has {', '.join(twice)} more than once; give each column its own name.")
    return names


def _batches(file: Path, lines: Iterator[tuple[int, list[str | None]]], names: Sequence[str]) -> Iterator[pa.Table]:
    rows: list[tuple[int, list[str | None]]] = []
    for number, cells in lines:
        if any(cell not in (None, "") for cell in cells[len(names) :]):
            raise AdapterError(
                f"{file}, line {number}: {len(cells)} cells, and the header names {len(names)} columns. Is the "
                "delimiter right, and is text that holds it in quotation marks?"
            )
        rows.append((number, cells))
        if len(rows) == BATCH:
            yield _table(file, rows, names)
            rows = []
    if rows:
        yield _table(file, rows, names)


def _table(file: Path, rows: Sequence[tuple[int, list[str | None]]], names: Sequence[str]) -> pa.Table:
    columns: dict[str, list[object]] = {ROW: [number for number, _ in rows], FILE: [str(file)] * len(rows)}
    for place, name in enumerate(names):
        columns[name] = [cells[place] if place < len(cells) else None for _, cells in rows]
    schema = pa.schema([(ROW, pa.int64()), *((name, pa.string()) for name in [FILE, *names])])
    return pa.table(columns, schema=schema)
