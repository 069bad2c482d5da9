"""What the loader notes of each file's columns: which there are, and of which type.

Not here: what is found by comparing the files (test_schema_drift.py).
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duebook.landing.opened import REASON_COLUMN
from tests.support.landing.files import INVOICE, check, invoices, load, raw, write_csv, write_jsonl

UNREADABLE = {"due_date": "31.01.2025"}


@pytest.mark.parametrize(("write", "ending"), [(write_csv, "csv"), (write_jsonl, "jsonl")])
def test_a_column_of_a_text_file_has_the_contracts_type_if_one_cell_is_readable_and_none_without_a_value(
    tmp_path: Path, write, ending: str
) -> None:
    cells = [INVOICE | UNREADABLE, INVOICE | {"invoice_id": "I2", "due_date": "2025-02-28", "branch": "north"}]
    cells = [{"branch": "", "invoice_number": "", **one} for one in cells]
    expected = {
        "invoice_id": "string", "company_id": "string", "customer_id": "string", "invoice_number": None,
        "invoice_date": "date", "due_date": "date", "currency_code": "string", "amount": "decimal(18,4)",
        "branch": None,
    }  # fmt: skip
    assert check(write(tmp_path / f"two.{ending}", cells)).file.columns == expected
    assert check(write(tmp_path / f"one.{ending}", cells[:1])).file.columns == expected | {"due_date": "string"}


def test_a_column_of_a_parquet_file_has_the_files_type_unless_it_has_no_value(tmp_path: Path) -> None:
    cells = {
        "invoice_id": pa.array([1]),
        "company_id": pa.array(["K"]),
        "customer_id": pa.array(["C1"]),
        "invoice_date": pa.array([date(2025, 1, 31)]),
        "due_date": pa.array(["31.01.2025"]),
        "currency_code": pa.array(["EUR"]),
        "amount": pa.array([Decimal("1.50")], pa.decimal128(9, 2)),
        "invoice_number": pa.nulls(1),
        "branch": pa.array([1.5]),
    }
    pq.write_table(pa.table(cells), tmp_path / "one.parquet")
    assert check(tmp_path / "one.parquet").file.columns == {
        "invoice_id": "bigint", "company_id": "string", "customer_id": "string", "invoice_date": "date",
        "due_date": "string", "currency_code": "string", "amount": "decimal(9,2)", "branch": "double",
        "invoice_number": None,
    }  # fmt: skip


def test_a_file_of_tombstones_or_without_rows_says_nothing_of_columns(tmp_path: Path) -> None:
    gone = {"invoice_id": "I1", "is_deleted": "true"}
    assert check(write_csv(tmp_path / "gone.csv", [gone])).file.columns == {}
    header = write_csv(tmp_path / "header.csv", [INVOICE])
    header.write_text(header.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert check(header).file.columns == {}
    both = write_csv(tmp_path / "both.csv", [gone, INVOICE | {"invoice_id": "I2"}])
    assert check(both).file.columns["is_deleted"] == "boolean"


def test_a_load_keeps_the_columns_of_its_files_with_what_the_contract_says_of_them(tmp_path: Path) -> None:
    folder = tmp_path / "landing" / "ar" / "invoices"
    write_csv(folder / "a.csv", [*invoices(20), INVOICE | {"invoice_id": "I21", "branch": "x"} | UNREADABLE])
    load(tmp_path)
    write_csv(folder / "b.csv", [INVOICE | {"invoice_id": "I22"}])
    load(tmp_path)
    kept = "select source_file_number, column_name, landed_type, contract_type from landed_columns"
    few = f"{kept} where column_name in ('amount', 'due_date', 'branch') order by all"
    assert raw(tmp_path, few) == [
        (1, "amount", "decimal(18,4)", "decimal(18,4)"),
        (1, "branch", None, None),
        (1, "due_date", "string", "date"),
        (2, "amount", "decimal(18,4)", "decimal(18,4)"),
    ]
    of_load = "select load_id, loaded_at from landed_columns where source_file_number = 2"
    assert {*raw(tmp_path, of_load)} == {*raw(tmp_path, of_load.replace("landed_columns", "invoices"))}


def test_the_column_that_quarantine_adds_to_rows_is_no_column_of_the_landing(tmp_path: Path) -> None:
    row = INVOICE | {REASON_COLUMN: "amount: Expected a plain number.", "branch": "north"}
    checked = check(write_csv(tmp_path / "corrected.csv", [row]))
    assert REASON_COLUMN not in checked.file.columns
    assert [good["extra_columns"] for good in checked.good] == ['{"branch":"north"}']
