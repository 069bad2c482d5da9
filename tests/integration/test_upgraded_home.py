"""A home of the release before goes on: nothing is lost, and its figures are those of a home that was never older.

The release is 0.1.0. Not here: leftovers of its loads (test_loading_own_files.py), a landing file whose types are no
longer the contract's (test_loading.py).
"""

import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from duebook.settings import Settings
from expectations.run_gates import prepare_records
from tests.support.landing.files import invoices, load, raw, settings_for, write_csv
from tests.support.older_home import make_it_0_1_0, make_landed_file_0_1_0
from tests.support.refreshes.reporting_home import Home, invoice

# January is frozen on the first day; on the second a row of it lands late.
FIRST, SECOND = date(2026, 2, 10), date(2026, 2, 11)
LATER = datetime(2026, 2, 11, 9)
Tables = dict[str, tuple[int, set[str]]]


def tables(settings: Settings) -> Tables:
    """Rows and columns of every table of the landing file."""
    with duckdb.connect(settings.landed_file, read_only=True) as landed:
        names = landed.execute(
            "select table_name, list(column_name) from duckdb_columns() where schema_name = 'raw' group by all"
        ).fetchall()
        return {
            name: (landed.execute(f"select count(*) from raw.{name}").fetchall()[0][0], set(columns))
            for name, columns in names
        }


def lost(before: Tables, after: Tables) -> set[str]:
    """Tables with less than there was: rows or columns."""
    return {name for name, (rows, columns) in before.items() if after[name][0] < rows or columns - after[name][1]}


@pytest.mark.long
def test_a_home_of_0_1_0_is_refreshed_on_to_the_marts_of_one_that_was_never_older(tmp_path: Path) -> None:
    never = Home(tmp_path / "never older")
    never.land("ar/customers", {"customer_id": "C1", "segment": "retail"})
    never.land("ar/invoices", *(invoice(f"I{n}", "2025-12-10", "1000.00") for n in range(5)))
    never.land("ar/invoices", invoice("JANUARY", "2026-01-10", "100.00"))
    never.refresh(FIRST)
    shutil.copytree(tmp_path / "never older", tmp_path / "older", symlinks=True)
    older = Home(tmp_path / "older")
    older.refreshes = never.refreshes
    settings = older.settings(SECOND)
    reported = older.read("select * exclude (frozen_at) from reported_kpis_monthly order by all")
    make_it_0_1_0(settings)
    before = tables(settings)

    for home in (never, older):
        home.land("ar/invoices", invoice("BACKDATED", "2026-01-20", "10.00", LATER))
        home.land("payments/reversals", {"reversal_id": "R1", "receipt_id": "NONE", "reversal_date": "2026-02-01",
            "amount": "1.00"})  # fmt: skip
        home.refresh(SECOND)
    assert older.why_full == "no build of this warehouse has been finished"
    assert older.marts() == never.marts()
    after = tables(settings)
    assert lost(before, after) == set()
    assert after["loaded_files"][0] == before["loaded_files"][0] + 2
    kept = "select * exclude (frozen_at) from reported_kpis_monthly where month_end < '2026-02-01' order by all"
    assert older.read(kept) == reported
    restated = "select count(*) > 0 from kpi_restatements where kpi_id = 'dso' and level = 'portfolio'"
    assert older.read(restated) == [(True,)]


def test_a_landing_file_of_0_1_0_takes_new_tables_and_columns_and_loads_nothing_twice(tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    first = write_csv(folder / "ar" / "invoices" / "a.csv", invoices(3))
    memo = {
        "credit_memo_id": "M1", "company_id": "K", "customer_id": "C1", "credit_memo_date": "2025-01-31",
        "currency_code": "EUR", "amount": "5.00",
    }  # fmt: skip
    write_csv(folder / "ar" / "credit_memos" / "a.csv", [memo])
    load(tmp_path)
    settings = settings_for(tmp_path)
    prepare_records(settings)
    make_landed_file_0_1_0(settings)
    before = tables(settings)
    assert "memo_type" not in before["credit_memos"][1]
    assert "reversals" not in before

    assert load(tmp_path).files == ()
    first.rename(first.with_name("renamed.csv"))
    opening = {**memo, "credit_memo_id": "M2", "memo_type": "opening_credit"}
    write_csv(folder / "ar" / "credit_memos" / "b.csv", [opening])
    reversal = {"reversal_id": "R1", "receipt_id": "R", "reversal_date": "2025-02-01", "amount": "1.00"}
    write_csv(folder / "payments" / "reversals" / "a.csv", [reversal])
    assert set(load(tmp_path).files) == {"ar/credit_memos/b.csv", "payments/reversals/a.csv"}
    memos = "select credit_memo_id, memo_type from credit_memos order by all"
    assert raw(tmp_path, memos) == [("M1", None), ("M2", "opening_credit")]
    assert raw(tmp_path, "select reversal_id from reversals") == [("R1",)]
    assert raw(tmp_path, "select count(*) from quarantined_rows") == [(0,)]
    assert lost(before, tables(settings)) == set()
