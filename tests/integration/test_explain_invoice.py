"""`make explain INVOICE=` on the published sample: every kind of invoice, and the amounts and days of each add up.

Not here: single invoices worked out by hand (tests/unit/test_explain_invoice.py).
"""

import re

import pytest

from duebook.publication.reader import reading
from explain.invoice_answer import explain_invoice
from tests.integration.test_explain import make_explain

# One of each: a forecast, by its reason; paid, voided, written off, by instalments. `explain_invoice` itself refuses
# what doesn't add up.
KINDS = """
    select min(invoice_id) from {marts}.payment_forecast group by reason, basis, part, is_disputed
    union
    select min(invoice_id) from {marts}.fct_invoices
    group by open_balance > 0, paid_in_full_date is null, voided_date is null, written_off_amount > 0
"""


@pytest.mark.parametrize(
    "which", [KINDS, pytest.param("select invoice_id from {marts}.payment_forecast", marks=pytest.mark.long)]
)
def test_every_invoice_with_a_forecast_has_one_for_each_open_part(first, which):
    with reading(first[0].published_file) as published:
        invoices = [invoice_id for (invoice_id,) in published.rows(which)]
        parts = dict(published.rows("select invoice_id, count(*) from {marts}.payment_forecast group by invoice_id"))
        found = {invoice_id: explain_invoice(published, invoice_id) for invoice_id in invoices}
    assert len(found) > 10
    for invoice_id, answer in found.items():
        assert len(answer.forecasts) == parts.get(invoice_id, 0)
        assert sum(one.open_balance for one in answer.forecasts) == answer.document.open_balance
        for one in answer.forecasts:
            assert (one.expected_payment_date is None) == (one.reason in {"no_due_date", "beyond_horizon"})


def test_the_guide_s_example_reads_as_it_says(first):
    done = make_explain(first[0].home, INVOICE="INV-008958")
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("Why this date", "Its ledger", "Disputes"):
        assert part in done.stdout
    assert re.search(r"^Expected to be paid by 20\d\d-\d\d-\d\d, as likely as not", done.stdout, re.MULTILINE)


def test_a_misspelt_invoice_is_answered_with_the_one_meant(first):
    done = make_explain(first[0].home, INVOICE="inv-008958")
    assert done.returncode == 2
    assert "Did you mean INV-008958?" in done.stderr
