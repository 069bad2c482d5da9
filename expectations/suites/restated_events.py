"""What only the changed events of frozen months are held to: none is ever lost."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, keeps_every_row

KEY = ("detected_at", "event_id", "entry")


def suite(hand_over: HandOver) -> list[Expectation]:
    """Every change found before is there."""
    return keeps_every_row("restated_events", hand_over)
