"""What only invoices are held to, as they are handed over."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, stays_in_range
from expectations.validation import literal, rule


def suite(hand_over: HandOver) -> list[Expectation]:
    """Amounts are positive, dates not in the future; what is open has a bucket and what is not has none."""
    return [
        stays_in_range("fct_invoices", "amount", 0, None, ("invoice_id",)),
        rule(
            "expect_no_date_after_the_as_of_day",
            f"the invoice was issued after {hand_over.as_of}",
            f"select invoice_id, invoice_date from fct_invoices where invoice_date > date {literal(hand_over.as_of)}",
            "invoice_date",
        ),
        rule(
            "expect_a_bucket_for_open_balances",
            "an open invoice is in no bucket, or a settled one is in one",
            "select invoice_id, open_balance, aging_bucket from fct_invoices"
            " where (open_balance <> 0) <> (aging_bucket is not null)",
            "aging_bucket",
        ),
    ]
