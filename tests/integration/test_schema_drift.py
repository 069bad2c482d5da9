"""Schema drift, from landed files to the mart: columns that are new, gone or retyped, and words that nobody listed.

Not here: what the loader notes of a file (test_landed_columns.py).
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from duebook.contract import read_contract
from tests.support.landing.files import CUSTOMER, INVOICE, invoices, load, settings_for, write_csv
from tests.support.publications.from_landing import marts_of

DAY = date(2025, 2, 28)
# No rule looks for it: it stands where anybody may have written anything.
MARK = "Zoe Marked"
DISPUTE = {
    "dispute_id": "P1", "invoice_id": "I1", "opened_date": "2025-02-01", "amount": "5.00", "reason_code": "pricing",
}  # fmt: skip
ACTIVITY = {
    "activity_id": "A1", "customer_id": "C1", "employee_id": "E1", "occurred_at": "2025-02-01T08:00:00Z",
    "channel": "phone", "direction": "outbound", "outcome": "no_answer",
}  # fmt: skip


def land(folder: Path, table: str, day: str, rows: list[dict[str, Any]]) -> None:
    """Land a file of a table, and load it."""
    write_csv(folder / "landing" / read_contract().table(table).domain / table / f"{day}.csv", rows)
    load(folder, max_bad_share=1)


def drift(folder: Path, *columns: str) -> list[tuple]:
    """What the mart says of all loads so far."""
    with marts_of(settings_for(folder, as_of=DAY), ["schema_drift"]) as built:
        named = ", ".join(columns or ("table_name", "column_name", "finding", "found", "is_current", "row_count"))
        return built.execute(f"select {named} from marts.schema_drift order by all").fetchall()


def test_files_like_the_contract_and_those_before_show_no_drift(tmp_path: Path) -> None:
    for day, number in (("d1", 1), ("d2", 2)):
        land(tmp_path, "invoices", day, [INVOICE | {"invoice_id": f"I{number}", "due_date": "2025-02-28"}])
    land(tmp_path, "disputes", "d1", [DISPUTE])
    # An empty cell is no word; a tombstone says nothing of columns.
    land(tmp_path, "disputes", "d2", [DISPUTE | {"dispute_id": "P2", "reason_code": ""}])
    land(tmp_path, "invoices", "d3", [{"invoice_id": "I2", "is_deleted": "true"}])
    assert drift(tmp_path) == []


def test_a_column_is_new_while_files_have_it_gone_when_they_dont_and_retyped_when_nothing_in_it_is_readable(
    tmp_path: Path,
) -> None:
    land(tmp_path, "invoices", "d1", [one | {"due_date": "2025-02-28", "terms": "30"} for one in invoices(3)])
    land(tmp_path, "invoices", "d2", [INVOICE | {"invoice_id": "I4", "due_date": "28.02.2025"}])
    assert drift(tmp_path) == [
        ("invoices", "due_date", "retyped_column", "date -> string", True, 1),
        ("invoices", "terms", "new_column", "", False, 3),
    ]
    land(tmp_path, "invoices", "d3", [INVOICE | {"invoice_id": f"I{n}", "terms": ""} for n in (5, 6)])
    assert drift(tmp_path) == [
        ("invoices", "due_date", "retyped_column", "date -> string", False, 1),
        ("invoices", "due_date", "vanished_column", "", True, 2),
        ("invoices", "terms", "new_column", "", True, 5),
    ]
    where = drift(tmp_path, "finding", "first_seen_at < last_seen_at", "source_file")
    assert where == [
        ("new_column", True, "ar/invoices/d3.csv"),
        ("retyped_column", False, "ar/invoices/d2.csv"),
        ("vanished_column", False, "ar/invoices/d3.csv"),
    ]
    land(tmp_path, "invoices", "d4", [INVOICE | {"invoice_id": "I7", "due_date": "2025-02-28"}])
    assert drift(tmp_path) == [
        ("invoices", "due_date", "retyped_column", "date -> string", False, 1),
        ("invoices", "due_date", "retyped_column", "string -> date", True, 1),
        ("invoices", "terms", "new_column", "", False, 5),
    ]


def test_words_nobody_listed_are_counted_and_never_shown(tmp_path: Path) -> None:
    land(tmp_path, "invoices", "d1", [INVOICE | {"invoice_id": f"I{n}", "currency_code": "eur"} for n in (1, 2)])
    calls = [
        ACTIVITY,
        ACTIVITY | {"activity_id": "A2", "channel": "fax"},
        ACTIVITY | {"activity_id": "A3", "outcome": MARK},
    ]
    land(tmp_path, "activities", "d1", calls)
    disputes = [DISPUTE | {"dispute_id": f"P{n}", "reason_code": f"{MARK} {n}"} for n in (2, 3)]
    land(tmp_path, "disputes", "d1", [DISPUTE, *disputes])
    assert drift(tmp_path) == [
        ("activities", "channel", "unknown_word", "***", True, 1),
        ("activities", "outcome", "unknown_word", "***", True, 1),
        ("disputes", "reason_code", "unknown_word", "***", True, 2),
        ("invoices", "currency_code", "unknown_word", "***", True, 2),
    ]
    # A word that stands no more is gone where a seed lists words, and over where the contract does.
    land(tmp_path, "disputes", "d2", [DISPUTE | {"dispute_id": "P2"}])
    land(tmp_path, "activities", "d2", [calls[1] | {"channel": "phone"}, calls[2] | {"outcome": "no_answer"}])
    assert drift(tmp_path)[:2] == [
        ("activities", "channel", "unknown_word", "***", False, 1),
        ("disputes", "reason_code", "unknown_word", "***", False, 1),
    ]


@pytest.mark.parametrize("table", ["customers", pytest.param("activities", marks=pytest.mark.long)])
def test_no_cell_of_personal_data_free_text_or_an_unknown_column_is_in_it(tmp_path: Path, table: str) -> None:
    contract = read_contract().table(table)
    marked = {column.name: MARK for column in contract.landed_columns if column.personal or column.free_text}
    row = (CUSTOMER if table == "customers" else ACTIVITY) | marked | {"note": MARK}
    land(tmp_path, "invoices", "d1", [INVOICE])
    land(tmp_path, table, "d1", [row])
    found = drift(tmp_path)
    assert (table, "note", "new_column", "", True, 1) in found
    assert MARK not in str(found)


def test_words_are_watched_in_every_column_of_the_contract_with_a_list(tmp_path: Path) -> None:
    """A list is a seed or one of the contract's own; and there are no lists but of columns like that."""
    day, money = "2025-02-01", {"currency_code": "EUR", "amount": "5.00"}
    rows = {
        "credit_memos": {"credit_memo_id": "M1", "company_id": "K", "customer_id": "C1", "credit_memo_date": day}
        | money,
        "adjustments": {"adjustment_id": "J1", "invoice_id": "I1", "adjustment_date": day, "adjustment_type": "other"}
        | {"amount": "5.00"},
        "disputes": DISPUTE,
        "receipts": {"receipt_id": "R1", "company_id": "K", "receipt_date": day} | money,
        "reversals": {"reversal_id": "V1", "receipt_id": "R1", "reversal_date": day, "amount": "5.00"},
        "activities": ACTIVITY,
    }
    listed = {(table.name, one.name) for table in read_contract().tables for one in table.columns if one.listed_in}
    assert {table for table, _ in listed} == rows.keys()
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "a.csv", invoices(1))
    for table, column in listed:
        folder = tmp_path / "landing" / read_contract().table(table).domain / table
        write_csv(folder / "a.csv", [rows[table] | {column: MARK}])
    load(tmp_path)
    assert {(table, column) for table, column, *_ in drift(tmp_path)} == listed
