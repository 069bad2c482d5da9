"""Workbooks: their sheets, and a sheet's cells as text, as if somebody had written them in a CSV file.

Dates come as YYYY-MM-DD, numbers with the decimal sign that is asked for. Not here: which line is the header and what
the columns are (flat/reading.py for lists, sources.py for tables of a source system).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.lines import Line

if TYPE_CHECKING:
    from openpyxl import Workbook

BOOK_ENDINGS, OLD_ENDING = (".xlsx", ".xlsm"), ".xls"
# Digits a worksheet's numbers are good for.
_DIGITS = 15


def is_book(file: Path) -> bool:
    """Whether a file is a workbook that can be read; what Excel writes beside one that is open is none."""
    return file.suffix.lower() in BOOK_ENDINGS and not file.name.startswith("~$")


def sheets(file: Path) -> list[str]:
    """Name a workbook's sheets that hold anything; the first one, where none does.

    Raises:
        AdapterError: it can't be read.
    """
    with _opened(file) as book:
        filled = [one.title for one in book.worksheets if any(any(row) for row in one.iter_rows(values_only=True))]
        return filled or book.sheetnames[:1]


def lines_of_sheet(file: Path, sheet: str | None, decimal: str) -> Iterator[Line]:
    """The lines of a sheet; of the first one, where none is named.

    Raises:
        AdapterError: the workbook can't be read, or has no such sheet.
    """
    with _opened(file) as book:
        if sheet is not None and sheet not in book.sheetnames:
            raise AdapterError(f"{file} has no sheet {sheet!r}: there are {', '.join(book.sheetnames)}.")
        for number, row in enumerate(book[sheet or book.sheetnames[0]].iter_rows(values_only=True), start=1):
            yield number, [_written(cell, decimal) for cell in row]


def refuse_old_format(file: Path) -> None:
    """Say how to save a workbook whose format nobody reads here.

    Raises:
        AdapterError: it is one.
    """
    if file.suffix.lower() == OLD_ENDING:
        raise AdapterError(f"{file}: the old format .xls can't be read; save it as .xlsx or as CSV.")


@contextmanager
def _opened(file: Path) -> "Iterator[Workbook]":
    # Imported here: only workbooks need it.
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except Exception as error:
        # What is no workbook fails in many ways, in the archive, its XML or its parts.
        raise AdapterError(f"{file} can't be read as a workbook: {error}") from None
    try:
        yield book
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
