"""Borrowed landings, where they are at hand: what their README says of their dirt is what the quarantine says."""

import json
from collections import Counter
from pathlib import Path

import pytest

from duebook.landing.loading import TableCounts, load_landing
from duebook.settings import PROJECT_ROOT, RAW_SCHEMA, Settings
from tests.support.landing.files import raw

BORROWED = PROJECT_ROOT.parent / "shared" / "data"
NOT_ISO = [
    *("INV01272", "INV02175", "INV03194", "INV04102", "INV05026"),
    *("INV05173", "INV06421", "INV06659", "INV06660", "INV07053"),
]
NO_AMOUNT = ["INV00049", "INV00053", "INV01932", "INV03959", "INV06242", "INV07629"]
NEGATIVE = ["INV01497", "INV05863", "INV06984"]


def borrowed(name: str, home: Path):
    landing = BORROWED / name / "landing"
    if not landing.is_dir():
        pytest.skip(f"the borrowed landing {name} is not beside the project")
    return load_landing(Settings(landing=landing, home=home), lambda line: None)


def test_ar_500_customers_has_its_nineteen_bad_invoices_in_quarantine_and_every_other_row_loaded(tmp_path):
    report = borrowed("ar_500_customers", tmp_path / "home")
    assert {name: counts for name, counts in report.tables.items() if counts.rows_read} == {
        "companies": TableCounts(1, 1, 0),
        "customers": TableCounts(500, 500, 0),
        "invoices": TableCounts(8005, 7986, 19),
        "receipts": TableCounts(6748, 6748, 0),
        "applications": TableCounts(6748, 6748, 0),
    }
    problems = raw(tmp_path, "select row_key, column_name, reason from quarantined_rows")
    found = {(json.loads(key)["invoice_id"], column, reason) for key, column, reason in problems}
    assert len(problems) == 19
    assert found == {
        *((i, "invoice_date", "Expected a date written YYYY-MM-DD. This one has the year last.") for i in NOT_ISO),
        *((i, "amount", "Expected a value: the column is required.") for i in NO_AMOUNT),
        *((i, "amount", "Expected a number of at least 0.") for i in NEGATIVE),
    }


def test_ibm_late_payments_is_clean(tmp_path):
    report = borrowed("ibm_late_payments", tmp_path / "home")
    assert Counter({name: c.rows_loaded for name, c in report.tables.items() if c.rows_loaded}) == {
        "companies": 1,
        "customers": 100,
        "invoices": 2466,
        "disputes": 561,
        "receipts": 2466,
        "applications": 2466,
    }
    assert raw(tmp_path, f"select count(*) from {RAW_SCHEMA}.quarantined_rows") == [(0,)]
