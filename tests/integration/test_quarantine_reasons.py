"""What quarantine says of a row that can't be used: never by quoting it, and until a good version of it lands."""

from datetime import date
from pathlib import Path

import pytest

from duebook.contract import read_contract
from duebook.landing.loading import load_landing
from expectations.results import failures
from expectations.run_gates import run_arrivals
from tests.support.landing.files import check, invoices, raw, settings_for, write_csv

MARK = "Zoe Marked"
DAY = date(2025, 2, 1)


@pytest.mark.parametrize("table", [table.name for table in read_contract().tables])
def test_a_reason_never_quotes_what_was_landed(tmp_path: Path, table: str) -> None:
    row = {column.name: MARK for column in read_contract().table(table).landed_columns}
    checked = check(write_csv(tmp_path / "file.csv", [row]), table)
    assert checked.problems
    assert [reason for _, reason in checked.problems.values() if MARK in reason or "Zoe" in reason] == []


def test_a_bad_currency_code_waits_by_itself_and_a_corrected_one_is_not_held_against(tmp_path: Path) -> None:
    """By hand: I1 in eur waits, I2 in USD by mistake closes the gate (two currencies), its correction opens it."""
    folder = tmp_path / "landing" / "ar" / "invoices"
    rows = [one | {"updated_at": "2025-01-31T08:00:00Z"} for one in invoices(20)]
    rows[0]["currency_code"], rows[1]["currency_code"] = "eur", "USD"
    write_csv(folder / "d1.csv", rows)
    settings = settings_for(tmp_path, as_of=DAY)
    load_landing(settings, lambda line: None)
    waiting = "select row_key, column_name, value from quarantined_rows where reason is not null"
    assert raw(tmp_path, waiting) == [('{"invoice_id":"I1"}', "currency_code", "eur")]
    [failure] = failures(run_arrivals(settings, DAY))
    assert "EUR USD" in failure.message
    later = {"updated_at": "2025-02-01T08:00:00Z", "currency_code": "EUR"}
    write_csv(folder / "d2.csv", [rows[0] | later, rows[1] | later])
    load_landing(settings, lambda line: None)
    assert failures(run_arrivals(settings, DAY)) == []
