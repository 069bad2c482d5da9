"""`make explain INVOICE=` on the published sample: every kind of invoice, and the amounts and days of each add up.

Not here: single invoices worked out by hand (tests/unit/test_explain_invoice.py).
"""

import re

import pytest

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.publication.reader import reading
from explain.invoice_answer import explain_invoice

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


def asked(first, invoice: str) -> int:
    return app(["explain", "--home", str(first[0].home), "--invoice", invoice], standalone_mode=False)


def test_the_guide_s_example_reads_as_it_says(first, capsys):
    assert asked(first, "INV-008958") == ExitCode.DONE
    printed = capsys.readouterr().out
    for part in ("Why this date", "Its ledger", "Disputes"):
        assert part in printed
    assert re.search(r"^Expected to be paid by 20\d\d-\d\d-\d\d, as likely as not", printed, re.MULTILINE)


def test_a_misspelt_invoice_is_answered_with_the_one_meant(first, capsys):
    assert asked(first, "inv-008958") == ExitCode.USAGE
    assert "Did you mean INV-008958?" in capsys.readouterr().err
