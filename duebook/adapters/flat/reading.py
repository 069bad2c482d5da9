"""A list's cells as text, in a table of DuckDB: from CSV in any encoding, or from a worksheet.

Every row has its file and its line there; numbers of a worksheet have the decimal sign that the mapping declares.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.lines import Line, add_lines, is_filled, make_table, names_of
from duebook.adapters.engine.worksheets import is_book, lines_of_sheet, refuse_old_format
from duebook.adapters.flat.mapping import File

TEXT_ENDINGS = (".csv", ".txt", ".tsv")
CELLS = "cells"


def list_files(place: str) -> list[Path]:
    """The files of a list: one, those of a folder, or those that match a pattern; sorted.

    Raises:
        AdapterError: there is none, or one that can't be read.
    """
    path = Path(place).expanduser()
    if path.is_dir():
        files = [file for file in path.iterdir() if _is_text(file) or is_book(file)]
    elif path.is_file():
        files = [path]
    else:
        files = [file for file in path.parent.glob(path.name) if file.is_file()]
    if not files:
        raise AdapterError(f"{place}: there is no such file, nor one in it that ends in .csv, .txt or .xlsx.")
    for file in files:
        refuse_old_format(file)
        if not (_is_text(file) or is_book(file)):
            raise AdapterError(f"{file}: expected a file that ends in .csv, .txt, .tsv or .xlsx.")
    return sorted(files)


def read_cells(
    con: duckdb.DuckDBPyConnection, files: Sequence[Path], how: File, decimal: str
) -> tuple[list[str], list[str]]:
    """Read files into the table `cells`.

    Args:
        con: where the table is made.
        files: all with the same columns, in any order.
        how: which sheet, which line is the header, encoding and delimiter.
        decimal: the sign that numbers of a worksheet get.

    Returns:
        The columns, as the first file has them; and what is wrong with lines that were left out for it.

    Raises:
        AdapterError: a file can't be read, or has other columns than the first; names file and line.
    """
    columns: list[str] = []
    faults: list[str] = []
    for file in files:
        lines = lines_of(file, how, decimal)
        header = next(lines, None)
        if header is None:
            raise AdapterError(f"{file}: there is no line {how.header_row} that names the columns.")
        names = names_of(file, header[1])
        if not columns:
            columns = names
            make_table(con, CELLS, columns)
        elif sorted(names) != sorted(columns):
            other = ", ".join(sorted(set(names) ^ set(columns)))
            raise AdapterError(f"{file}: its columns are not those of {files[0]}: {other}.")
        faults += add_lines(con, CELLS, file, lines, names)
    return columns, faults


def lines_of(file: Path, how: File, decimal: str) -> Iterator[Line]:
    """The lines of a file from its header on, each with its number in the file.

    Raises:
        AdapterError: it can't be read; names the line.
    """
    lines = lines_of_sheet(file, how.sheet, decimal) if is_book(file) else _text(file, how)
    for number, cells in lines:
        if number >= how.header_row and is_filled(cells):
            yield number, cells


def _is_text(file: Path) -> bool:
    return file.suffix.lower() in TEXT_ENDINGS


def _text(file: Path, how: File) -> Iterator[Line]:
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
