"""Random dirty files, against a reader that knows nothing but ``csv``, ``Decimal`` and ``date``."""

import csv
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.landing.files import check, write_csv
from tests.support.landing.reading import as_day, as_flag, as_money, as_text

TYPES = ("invoice", "debit_memo", "finance_charge", "opening_balance")
texts = st.text(st.sampled_from("ab01 \"',;\n\té€"), max_size=6)
days = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(str)
numbers = st.decimals(Decimal("-1e15"), Decimal("1e15"), places=5).map(lambda number: f"{number:f}")


def sometimes(good, *bad):
    return st.one_of(good, good, good, st.sampled_from(["", " ", *bad]), texts)


dirty_invoices = st.fixed_dictionaries(
    {
        "invoice_id": sometimes(st.integers(1, 9).map(str)),
        "company_id": st.just("K"),
        "customer_id": sometimes(st.just("C1")),
        "invoice_type": sometimes(st.sampled_from(TYPES), "Invoice"),
        "invoice_date": sometimes(days, "29/04/2025", "2025-02-29", "2025-4-9"),
        "currency_code": st.just("EUR"),
        "amount": sometimes(numbers, "0", "0.0001", "1,000", "1e3", "1.50000", "-0", "99999999999999.99990"),
        "is_credit_sale": sometimes(st.sampled_from(["true", "FALSE", " True"]), "1", "yes"),
        "is_deleted": st.sampled_from(["", "", "", "false", "true", "x"]),
        "branch": texts,
    }
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(dirty_invoices, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_good_rows_bad_cells_and_counts_are_those_of_the_naive_reader(rows, line_end, quoting):
    with tempfile.TemporaryDirectory() as folder:
        path = write_csv(
            Path(folder) / "file.csv", rows or [{"invoice_id": ""}], lineterminator=line_end, quoting=quoting
        )
        if not rows:
            path.write_text("invoice_id,company_id,customer_id,invoice_date,currency_code,amount\n")
        checked = check(path)
    verdicts = [verdict(row) for row in rows]
    assert set(checked.problems) == {
        (number, column) for number, (_, bad) in enumerate(verdicts, start=1) for column in bad
    }
    assert [{name: row[name] for name in ("source_row", *good_columns)} for row in checked.good] == [
        {"source_row": number, **values} for number, (values, bad) in enumerate(verdicts, start=1) if not bad
    ]
    file = checked.file
    assert file.rows_read == len(rows) == file.rows_loaded + file.rows_quarantined
    assert file.rows_quarantined == len({row for row, _ in checked.problems})


good_columns = ("invoice_id", "customer_id", "invoice_type", "invoice_date", "amount", "is_credit_sale", "is_deleted")


def verdict(row):
    """The typed values of a row, and the columns that keep it from being used."""
    values, bad = {}, set()
    for column, cast in CASTS.items():
        try:
            values[column] = cast(row[column])
        except ValueError:
            values[column] = None
            bad.add(column)
    tombstone = values["is_deleted"] is True
    if not (values["invoice_id"] or "").strip(" \t\n"):
        bad.add("invoice_id")
    if not tombstone:
        if not (values["customer_id"] or "").strip(" \t\n"):
            bad.add("customer_id")
        bad |= {column for column in ("invoice_date", "amount") if values[column] is None}
        if values["invoice_type"] is not None and values["invoice_type"] not in TYPES:
            bad.add("invoice_type")
        if values["amount"] is not None and values["amount"] < 0:
            bad.add("amount")
    return values, bad


CASTS = {
    "invoice_id": as_text,
    "customer_id": as_text,
    "invoice_type": as_text,
    "invoice_date": as_day,
    "amount": as_money,
    "is_credit_sale": as_flag,
    "is_deleted": as_flag,
}
