"""What only the ledger is held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver
from expectations.validation import literal, rule


def suite(hand_over: HandOver) -> list[Expectation]:
    """Nothing that takes effect after the as-of day is in it."""
    return [
        rule(
            "expect_no_event_after_the_as_of_day",
            f"the event takes effect after {hand_over.as_of}",
            "select event_id, event_type, effective_date from fct_receivables_ledger"
            f" where coalesce(effective_date > date {literal(hand_over.as_of)}, true)",
            "effective_date",
        )
    ]
