"""What only findings about contacts are held to: each says why, and where the rule is written."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver
from expectations.validation import rule


def suite(_: HandOver) -> list[Expectation]:
    """A verdict that is no pass can be looked up."""
    return [
        rule(
            "expect_a_reason_with_its_citation",
            "the verdict is missing, or its reason, or where the rule is written",
            """
            select rule_id, activity_id, verdict, reason, citation from contact_findings
            where verdict is null or reason is null or citation is null
            """,
            "reason",
        ),
    ]
