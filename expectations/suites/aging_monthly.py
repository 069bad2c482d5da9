"""What only the monthly aging is held to: it covers every month with receivables, and buckets are balances."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import BUCKETS, PAST_DUE_BUCKETS, HandOver, adds_up
from expectations.validation import rule

KEY = ("month_end", "company_id", "customer_id", "currency_code")


def suite(_: HandOver) -> list[Expectation]:
    """It may be empty, for it has rows with a balance only; but not where the portfolio has receivables."""
    return [
        rule(
            "expect_every_month_with_receivables",
            "the portfolio has receivables at the end of a month for which no customer has a row",
            """
            select month_end, receivables from dso_monthly
            where
                level = 'portfolio'
                and receivables <> 0
                and month_end not in (select month_end from aging_monthly)
            """,
            "month_end",
            noun="month",
        ),
        adds_up("aging_monthly", BUCKETS, "open_invoices", KEY),
        adds_up("aging_monthly", PAST_DUE_BUCKETS, "past_due_receivables", KEY),
        adds_up("aging_monthly", ("open_invoices", "unapplied_credits"), "receivables", KEY),
    ]
