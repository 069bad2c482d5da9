"""What only contacts' verdicts are held to: every rule meets every contact, and says where it is written."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver
from expectations.validation import rule

KEY = ("rule_id", "activity_id")


def suite(hand_over: HandOver) -> list[Expectation]:
    """A rule that is silent about a contact has a row that says so; nothing is judged that is yet to come."""
    return [
        rule(
            "expect_every_rule_for_every_contact",
            "the contact has no row for one of the rules",
            """
            select activity_id, count(*) as rules from contact_compliance
            group by activity_id
            having count(*) <> (select count(distinct rule_id) from contact_compliance)
            """,
            "rule_id",
            noun="contact",
        ),
        rule(
            "expect_a_verdict_with_its_citation",
            "the verdict is missing, or where the rule is written",
            f"""
            select {", ".join(KEY)}, verdict, citation from contact_compliance
            where verdict is null or citation is null
            """,
            "verdict",
        ),
        rule(
            "expect_no_contact_after_the_as_of_day",
            f"the contact was after {hand_over.as_of}",
            f"""
            select {", ".join(KEY)}, occurred_at from contact_compliance
            where cast(occurred_at as date) > date '{hand_over.as_of}'
            """,
            "occurred_at",
        ),
    ]
