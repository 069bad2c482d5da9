"""Borrowed landings through the loader: what is bad of them is in quarantine, cell by cell, and the rest is loaded."""

import json
from collections import Counter
from pathlib import Path

from duebook.landing.loading import LoadReport, TableCounts, load_landing
from duebook.settings import Settings
from tests.support.borrowed import AR_500_CUSTOMERS, HELD_BACK, IBM_LATE_PAYMENTS, BorrowedSet, needs_borrowed
from tests.support.landing.files import raw


def loaded(data: BorrowedSet, folder: Path) -> LoadReport:
    return load_landing(Settings(landing=data.landing, home=folder / "home"), lambda line: None)


@needs_borrowed(AR_500_CUSTOMERS.place)
def test_ar_500_customers_has_its_nineteen_bad_invoices_in_quarantine_and_every_other_row_loaded(tmp_path):
    report = loaded(AR_500_CUSTOMERS, tmp_path)
    assert {name: counts for name, counts in report.tables.items() if counts.rows_read} == {
        "companies": TableCounts(1, 1, 0),
        "customers": TableCounts(500, 500, 0),
        "invoices": TableCounts(8005, 7986, 19),
        "receipts": TableCounts(6748, 6748, 0),
        "applications": TableCounts(6748, 6748, 0),
    }
    problems = raw(tmp_path, "select row_key, column_name, reason from quarantined_rows")
    assert len(problems) == 19
    assert {(json.loads(key)["invoice_id"], column): reason for key, column, reason in problems} == HELD_BACK


@needs_borrowed(IBM_LATE_PAYMENTS.place)
def test_ibm_late_payments_is_clean(tmp_path):
    report = loaded(IBM_LATE_PAYMENTS, tmp_path)
    assert Counter({name: c.rows_loaded for name, c in report.tables.items() if c.rows_loaded}) == {
        "companies": 1,
        "customers": 100,
        "invoices": 2466,
        "disputes": 561,
        "receipts": 2466,
        "applications": 2466,
    }
    assert raw(tmp_path, "select count(*) from quarantined_rows") == [(0,)]
