"""What only roll rates are held to: whatever stood in a bucket went somewhere."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import CENT, HandOver, gives_a_reason
from expectations.validation import rule

KEY = ("month_end", "scope", "from_bucket", "to_state")
COHORT = ", ".join(KEY[:3])


def suite(_: HandOver) -> list[Expectation]:
    """A cohort's states add up to what stood in its bucket, to the cent."""
    return [
        rule(
            "expect_states_to_add_up_to_the_bucket",
            "what became of the bucket is not what stood in it a month before",
            f"""
            select {COHORT}, max(balance_from) as stood, sum(balance_to) as went from roll_rates_monthly
            group by {COHORT}
            having coalesce(abs(sum(balance_to) - max(balance_from)) > {CENT}, true)
            """,
            "balance_to",
            noun="bucket",
        ),
        gives_a_reason("roll_rates_monthly", {"roll_rate": "reason"}, KEY),
    ]
