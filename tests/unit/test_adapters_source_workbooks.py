"""A source's tables in workbooks: which sheet is which table, its cells as they are shown, faults by line."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from duebook.adapters.engine.definition import AdapterError
from tests.support.adapters.books import customers, write_adapter

HEADER = ["id", "name", "limit", "changed", "is_current"]


@pytest.fixture
def adapter(tmp_path) -> Path:
    return write_adapter(tmp_path)


def book(file: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write a workbook with these lines in its sheets; returns its file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    made = Workbook()
    made.remove(made.active)
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    made.save(file)
    return file


def test_a_workbook_with_one_sheet_is_a_table_of_the_files_name(adapter, tmp_path) -> None:
    book(tmp_path / "source" / "customer.xlsx", {"Sheet1": [HEADER, [1, "A", 1234.1]], "Sheet2": []})
    [row] = customers(adapter, tmp_path / "source")
    assert (row["customer_id"], row["customer_name"], row["credit_limit"]) == ("1", "A", Decimal("1234.1"))


def test_each_of_several_sheets_is_a_table_of_the_sheets_name(adapter, tmp_path) -> None:
    sheets = {"notes": [["about"], ["nothing"]], "Customer": [HEADER, [1, "A"]]}
    file = book(tmp_path / "source" / "export.xlsx", sheets)
    assert [row["customer_name"] for row in customers(adapter, tmp_path / "source")] == ["A"]
    assert [row["customer_name"] for row in customers(adapter, file)] == ["A"]


def test_a_workbook_that_is_the_source_names_its_tables_by_its_sheets_even_if_it_has_one(adapter, tmp_path) -> None:
    assert len(customers(adapter, book(tmp_path / "export.xlsx", {"customer": [HEADER, [1, "A"]]}))) == 1
    with pytest.raises(AdapterError, match="has no table customer, which books needs: there are Sheet1"):
        customers(adapter, book(tmp_path / "customer.xlsx", {"Sheet1": [HEADER, [1, "A"]]}))


def test_times_and_yes_or_no_of_a_sheet_say_which_version_counts(adapter, tmp_path) -> None:
    lines = [
        HEADER,
        [1, "old", None, datetime(2024, 1, 1, 12), True],
        [1, "new", None, datetime(2024, 1, 1, 13), True],
        [1, "replaced", None, datetime(2024, 1, 2), False],
    ]
    book(tmp_path / "source" / "customer.xlsx", {"any": lines})
    assert [row["customer_name"] for row in customers(adapter, tmp_path / "source")] == ["new"]


def test_a_sheets_cell_of_another_type_is_named_with_its_line_whatever_is_empty_above(adapter, tmp_path) -> None:
    lines = [[], HEADER, [1, "A", 10.5], [], [2, "B", "a lot"]]
    book(tmp_path / "source" / "customer.xlsx", {"any": lines})
    with pytest.raises(AdapterError, match=r"limit: expected an amount.*customer\.xlsx, sheet any, line 5: 'a lot'"):
        customers(adapter, tmp_path / "source")


def test_workbooks_that_match_one_pattern_are_one_table_with_the_columns_of_both(adapter, tmp_path) -> None:
    book(tmp_path / "source" / "customer_1.xlsx", {"any": [["id", "name"], [1, "A"]]})
    book(tmp_path / "source" / "customer_2.xlsx", {"any": [["name", "id", "limit"], ["B", 2, 5]]})
    found = customers(adapter, tmp_path / "source", "tables: {customer: customer_*}")
    assert [(row["customer_name"], row["credit_limit"]) for row in found] == [("A", None), ("B", 5)]


def test_folders_of_several_companies_may_hold_workbooks(adapter, tmp_path) -> None:
    book(tmp_path / "source" / "uk" / "customer.xlsx", {"any": [HEADER, [1, "A"]]})
    book(tmp_path / "source" / "us" / "customer.xlsx", {"any": [HEADER, [1, "B"]]})
    declared = "companies: [{schema: uk, company_id: UK, currency: GBP}, {schema: us, company_id: US, currency: USD}]"
    assert [row["customer_id"] for row in customers(adapter, tmp_path / "source", declared)] == ["UK:1", "US:1"]


def test_a_table_in_a_workbook_and_in_a_text_file_is_refused(adapter, tmp_path) -> None:
    book(tmp_path / "source" / "customer.xlsx", {"any": [HEADER, [1, "A"]]})
    (tmp_path / "source" / "customer.csv").write_text("id,name\n1,A\n", encoding="utf-8")
    with pytest.raises(AdapterError, match="one table in two formats"):
        customers(adapter, tmp_path / "source")


def test_what_excel_writes_beside_an_open_workbook_is_passed_over(adapter, tmp_path) -> None:
    book(tmp_path / "source" / "customer.xlsx", {"any": [HEADER, [1, "A"]]})
    (tmp_path / "source" / "~$customer.xlsx").write_bytes(b"who has it open")
    assert len(customers(adapter, tmp_path / "source")) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("customer.xls", b"\xd0\xcf\x11\xe0", r"customer\.xls: the old format \.xls can't be read; save it as \.xlsx"),
        ("customer.xlsx", b"no archive", r"customer\.xlsx can't be read as a workbook"),
    ],
)
def test_a_workbook_nobody_can_read_is_named(adapter, tmp_path, name, content, said) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / name).write_bytes(content)
    with pytest.raises(AdapterError, match=said):
        customers(adapter, tmp_path / "source")
