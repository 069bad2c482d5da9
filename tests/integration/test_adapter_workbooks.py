"""Exports of two systems saved as one workbook, a sheet a table: month ends are those of their text files."""

from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from tests.support.adapters.month_ends import differences, made_of
from tests.support.borrowed import SHAPES_DIR, SOURCES, needs_borrowed

pytestmark = needs_borrowed(SOURCES)


def as_workbook(folder: Path, file: Path) -> Path:
    """Save CSV files as one workbook, with dates and numbers as such; returns it."""
    book = Workbook(write_only=True)
    for table in sorted(folder.glob("*.csv")):
        sheet = book.create_sheet(table.stem)
        rows = duckdb.execute("select * from read_csv(?)", [str(table)])
        sheet.append([name for name, *_ in rows.description])
        for row in rows.fetchall():
            sheet.append(row)
    book.save(file)
    return file


@pytest.mark.parametrize("adapter", ["erpnext", "business_central"])
def test_month_ends_are_those_of_the_text_files(tmp_path, adapter) -> None:
    book = as_workbook(SHAPES_DIR / adapter, tmp_path / "export.xlsx")
    with made_of(adapter, book, tmp_path) as made:
        assert differences(made.extracted, SHAPES_DIR / "expected" / f"{adapter}_ar_monthly.csv") == {}
        assert made.tie.differences == []
