"""What only contacts' verdicts are held to: every rule meets every contact, and none is judged that is yet to come."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, keeps_its_rows
from expectations.validation import literal, rule

MART = "contact_compliance"
RULES = (
    "call_frequency",
    "call_after_conversation",
    "inconvenient_time",
    "contact_after_cease",
    "contact_after_stop",
    "opt_out_statement",
    "validation_information",
)


def suite(hand_over: HandOver) -> list[Expectation]:
    """A rule that is silent about a contact has a verdict that says so."""
    # Published before without contact_findings, it had a row a rule and contact: as many rows are not to be expected.
    has_this_shape = "contact_findings" in hand_over.published_rows
    return [
        *(keeps_its_rows(MART, hand_over) if has_this_shape else []),
        rule(
            "expect_a_verdict_of_every_rule",
            "a rule has no verdict on the contact",
            f"""
            select activity_id, {", ".join(RULES)} from {MART}
            where {" or ".join(f"{column} is null" for column in RULES)}
            """,
            "activity_id",
            noun="contact",
        ),
        rule(
            "expect_no_contact_after_the_as_of_day",
            f"the contact was after {hand_over.as_of}",
            f"""
            select activity_id, occurred_at from {MART}
            where cast(occurred_at as date) > date {literal(hand_over.as_of)}
            """,
            "occurred_at",
        ),
    ]
