"""Opens a landed CSV file, or says why it can't be read.

The contract sets the format: UTF-8, commas, RFC 4180 quotes, a header line. For a file in another format, the message
says what it looks like and what is expected. Not here: cells (``cells``).
"""

import csv
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

import duckdb

from duebook.landing.files import LandedFile, LandingError
from duebook.landing.listing import shown
from duebook.landing.opened import LONGEST_LINE, OpenedFile, glob, known_columns, misspelt
from duebook.sql_text import literal

_LINE = re.compile(r"CSV Error on Line: (\d+)")
_WIDTH = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
_FOR_EXCEL = re.compile(r"sep=.?\s*", re.IGNORECASE)
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_WANTED = "expected UTF-8 text, cells separated by commas, and a first line that names the columns"
# The first bytes of files that aren't CSV, whatever their name says.
_BEGINNINGS = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip file (whose name ends in .csv.gz)",
    b"%PDF": "a PDF",
    b"{": "JSON (whose name ends in .jsonl)",
    b"[": "JSON (which is landed as .jsonl, one object a line)",
    b"<": "XML or HTML",
}
# What a line's last cell and its end have in them if that cell is empty; other cells may have the last three, too.
_ENDS_EMPTY = (b",\n", b",\r", b'""\n', b'""\r', b'"" ')
# Stands in no cell.
_NO_CELL = "\x01"
# How large a cell Python reads is one number for all threads: held by who changes it, or relies on it.
_USUAL_CELLS = Lock()
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def open_csv(file: LandedFile, path: Path) -> OpenedFile:
    """Open a CSV file.

    Args:
        file: the file, as messages name it.
        path: where it is, unpacked.

    Raises:
        LandingError: its first line has no column of the contract, or columns without a name or named twice.
    """
    with _USUAL_CELLS:
        columns = _header(file, path)
    return OpenedFile(file, columns, f"select * from {_rows(path, len(columns), '')}")


def refuse_longer_rows(con: duckdb.DuckDBPyConnection, source: OpenedFile, path: Path) -> None:
    """Refuse rows with cells behind the last column that are all empty: DuckDB passes over these, and refuses others.

    Where a comma too many has shifted the cells of a row, and its last one is empty, all of them would be read in
    columns that aren't theirs.

    Args:
        con: a connection.
        source: the file, opened.
        path: where it is, unpacked.

    Raises:
        LandingError: there is such a row; names the first.
    """
    if not _has_lines_that_end_empty(path):
        return
    width = len(source.columns)
    # A row without a cell for the column behind the last one has null there, and not an empty text.
    rows = f"from {_rows(path, width + 1, _NO_CELL)[:-1]}, null_padding = true, parallel = false)"
    # What else is wrong with a row is said when the file is read.
    with suppress(duckdb.InvalidInputException):
        if not con.execute(f"select 1 {rows} where c{width} is not null limit 1").fetchone():
            return
        numbered = f"select row_number() over () as place, c{width} as beyond {rows}"
        [(row,)] = con.execute(f"select min(place) from ({numbered}) where beyond is not null").fetchall()
        raise LandingError(
            f"{source.file.name}, row {row}: more cells than the {width} columns that the first line names, empty "
            "behind the last column: put cells that contain a comma in quotation marks, and end lines without a comma"
        )


def _rows(path: Path, width: int, null: str) -> str:
    """SQL of the rows of a file with so many columns; `null`: the text of cells that are read as null."""
    types = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    return (
        f"read_csv({glob(path)}, columns = {{{types}}}, auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', nullstr = {literal(null)}, max_line_size = {LONGEST_LINE}, hive_partitioning = false)"
    )


def _has_lines_that_end_empty(path: Path) -> bool:
    """Whether a line may end with an empty cell; in most files, none does."""
    end = b""
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            if any(mark in end + chunk for mark in _ENDS_EMPTY):
                return True
            end = chunk[-2:]
    return end.endswith((b",", b'""'))


def csv_fault(file: LandedFile, path: Path, message: str) -> str:
    """Return why DuckDB can't read a CSV file, in a message that contains no data of its cells.

    Args:
        file: the file, as messages name it.
        path: where it is, unpacked.
        message: DuckDB's error message.
    """
    found = _LINE.search(message)
    line = int(found[1]) if found else None
    where = f"{file.name}, line {line}" if line else file.name
    if width := _WIDTH.search(message):
        what = "write every cell: an empty cell needs its comma, too"
        if int(width[2]) > int(width[1]):
            what = "put cells that contain a comma in quotation marks"
        return f"{where}: {width[2]} cells, but the first line names {width[1]} columns: {what}"
    if "Maximum line size" in message:
        longest = _column_at(path, line, lambda cells: max(range(len(cells)), key=lambda place: len(cells[place])))
        return (
            f"{where}{longest}: the line is longer than {LONGEST_LINE:,} bytes, the most that is allowed: "
            "shorten the cell, or add a missing quotation mark"
        )
    if "unterminated quote" in message:
        return f"{where}: a closing quotation mark is missing, or text follows it: double quotation marks in cells"
    if "not utf-8 encoded" in message:
        return f"{where}{_column_at(path, line, _not_utf_8)}: {_encoding_of(path)}"
    return f"{where}: not a CSV file by RFC 4180 (mixed line endings, or a missing closing quotation mark): {_WANTED}"


def _header(file: LandedFile, path: Path) -> tuple[str, ...]:
    with path.open("rb") as stream:
        head = stream.read(LONGEST_LINE)
    if found := _not_text(head):
        raise LandingError(f"{file.name}, line 1: the file is not UTF-8 text: it looks like {found}; {_WANTED}")
    if len(head) == LONGEST_LINE and not re.search(rb"[\r\n]", head):
        raise LandingError(
            f"{file.name}, line 1: the line is longer than {LONGEST_LINE:,} bytes, the most that is allowed: end rows "
            "with line feeds"
        )
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        # Lines by the mark they end with; all but the last end in the name of a column.
        ends: list[str] = []
        lines = (ends.append(line[len(line.rstrip("\r\n")) :]) or line for line in stream)
        try:
            header = next(csv.reader(lines, strict=True), [])
        except csv.Error as error:
            _refuse_other_separators(file, head)
            raise LandingError(f"{file.name}, line 1: {error}: {_WANTED}") from None
    if _FOR_EXCEL.fullmatch(line := ",".join(header)):
        raise LandingError(
            f"{file.name}, line 1: the first line must name the columns, but this one is an instruction for Excel: "
            f"remove the line {line}"
        )
    columns = tuple(name.strip() for name in header)
    if not any(columns):
        raise LandingError(f"{file.name} is empty: a CSV file needs a first line that names its columns")
    if len({end for end in ends if end}) > 1:
        # DuckDB takes the first for the end of all lines, and would find no row.
        place = next(place for place, name in enumerate(header, start=1) if re.search(r"[\r\n]", name))
        raise LandingError(
            f"{file.name}, line 1: the name of column {place} contains another line break than the one that ends the "
            "line: rename it"
        )
    if any("\N{REPLACEMENT CHARACTER}" in name for name in columns):
        raise LandingError(f"{file.name}, line 1: {_encoding_of(path)}")
    if not _recognised(file, columns):
        _refuse_other_separators(file, head)
        raise LandingError(
            f"{file.name}, line 1: it has no column name of {file.table.name}; the header line seems to be missing: "
            f"write a first line that names the columns, at least {', '.join(file.table.required_columns)}"
        )
    known = known_columns(file.table)
    for place, name in enumerate(columns, start=1):
        if not name:
            raise LandingError(f"{file.name}, line 1: column {place} has no name: name it, or leave the column out")
        if (first := columns.index(name) + 1) != place:
            # A name that the contract doesn't know isn't shown: it may be data of a file without a header.
            columns_of_name = f"columns {first} and {place} have the same name"
            same = f"two columns are called {name}" if name in known else columns_of_name
            raise LandingError(f"{file.name}, line 1: {same}: rename or leave out one of them")
    return columns


def _refuse_other_separators(file: LandedFile, head: bytes) -> None:
    line = head.decode("utf-8-sig", "replace").splitlines()[0]
    for separator, words in _SEPARATORS.items():
        with suppress(csv.Error, StopIteration):
            if _recognised(file, next(csv.reader([line], delimiter=separator))):
                raise LandingError(
                    f"{file.name}, line 1: its cells are separated by {words}: export it again with commas, decimals "
                    "with a point (1234.56) and dates as YYYY-MM-DD"
                ) from None


def _recognised(file: LandedFile, columns: list[str] | tuple[str, ...]) -> bool:
    names = [name.strip() for name in columns]
    return bool(set(names) & set(known_columns(file.table)) or misspelt(file.table, names))


def _not_text(head: bytes) -> str | None:
    if head.startswith(_UTF_16) or (b"\x00" in head[:2] and head.count(b"\x00") * 3 > len(head)):
        return 'UTF-16 (Excel\'s "Unicode text")'
    return next((words for beginning, words in _BEGINNINGS.items() if head.startswith(beginning)), None)


def _encoding_of(path: Path) -> str:
    """Return what the encoding of a file that isn't UTF-8 may be, and what to do."""
    words = "the file is not UTF-8 text"
    with suppress(UnicodeDecodeError), path.open("rb") as stream:
        stream.read(LONGEST_LINE).decode("cp1252")
        words += ", but could be Windows-1252"
    return f"{words}: export it as UTF-8"


def _not_utf_8(cells: list[str]) -> int | None:
    """Return the place of the first cell, read as Latin-1, whose bytes aren't UTF-8."""
    for place, cell in enumerate(cells):
        try:
            cell.encode("latin-1").decode()
        except UnicodeDecodeError:
            return place
    return None


def _column_at(path: Path, line: int | None, choose: Callable[[list[str]], int | None]) -> str:
    """Return the column of a fault in a line, as a part of a sentence; empty if the column can't be found."""
    with _USUAL_CELLS:
        usual = csv.field_size_limit(1 << 28)
        try:
            with path.open(encoding="latin-1", newline="") as stream, suppress(csv.Error):
                rows = csv.reader(stream)
                columns = next(rows)
                cells = next(cells for cells in rows if line and rows.line_num >= line)
                place = choose(cells)
                if place is not None and place < len(columns):
                    return f", column {shown(columns[place].strip())}"
        except StopIteration:
            pass
        finally:
            csv.field_size_limit(usual)
    return ""
