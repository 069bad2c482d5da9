"""What only the tie-out of single documents is held to: the ledger has open of them what their source says."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver
from expectations.validation import rule


def suite(hand_over: HandOver) -> list[Expectation]:
    """A warning that counts the documents that differ and shows the largest differences first.

    It stops nothing: the source may have taken in payments since the as-of day.
    """
    return [
        rule(
            "expect_open_amounts_to_tie_out",
            "the ledger has another amount open of the document than its source says",
            """
            select document_type, document_id, difference, currency_code, ledger_open_amount, source_open_amount
            from open_amount_tie_out where status = 'differs'
            order by abs(difference) desc, document_type, document_id
            """,
            "source_open_amount",
            noun="document",
            severity="warning",
        )
    ]
