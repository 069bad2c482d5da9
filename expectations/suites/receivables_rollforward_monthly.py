"""What only the monthly roll-forward is held to: a month leads from its opening balance to its closing one."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, adds_up

KEY = ("month_end", "scope")
STEPS = (
    *("opening_receivables", "invoiced", "-credited", "-voided", "-cash_received", "cash_reversed", "refunded"),
    *("-discounts", "-written_off", "write_offs_reversed", "other_adjustments", "transferred", "fx_difference"),
)


def suite(_: HandOver) -> list[Expectation]:
    """Opening balance, movements and what rates did add up to the closing balance, to the cent."""
    return [adds_up("receivables_rollforward_monthly", STEPS, "closing_receivables", KEY)]
