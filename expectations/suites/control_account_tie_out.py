"""What only the tie-out to the control account is held to, beside dbt's own test of the balances by currency."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver
from expectations.validation import rule


def suite(hand_over: HandOver) -> list[Expectation]:
    """A warning where the whole account differs in the company's currency by more than rounding makes.

    It stops nothing: general ledgers revalue open documents, and the ledger keeps them at the rate they were posted at.
    """
    return [
        rule(
            "expect_base_balances_to_tie_out",
            "the ledger differs from the control account in the company's currency",
            """
            select company_id, balance_date, base_difference, base_currency_code, base_tolerance
            from control_account_tie_out
            where is_comparable and abs(base_difference) > base_tolerance
            order by balance_date desc, company_id
            """,
            "base_control_balance",
            severity="warning",
        )
    ]
