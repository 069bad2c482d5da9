"""Random corrections of random applications: rows with negative amounts, and what was meant instead.

Here: one strategy. Not here: the ledgers it is drawn for (ledgers.py).
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st


@st.composite
def corrections(draw: st.DrawFn, name: str, rows: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """An application is given back by a row of its own, or a part of it is, and mostly put on another invoice.

    Rows of the day of the application or of a later one, their keys in any order.
    """
    wrong = draw(st.sampled_from(rows["applications"]))
    part = draw(st.sampled_from([1, 1, 2]))
    moved = {
        column: (wrong[column] / part).quantize(Decimal("0.01"))
        for column in ("amount", "source_amount")
        if wrong.get(column)
    }
    day = wrong["applied_date"] + timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 30])))
    right = {**wrong, **moved, "applied_date": day, "discount_amount": None, "unapplied_date": None}
    keys = draw(st.permutations([f"{name}{letter}" for letter in "pq"] + [wrong["application_id"]]))
    other = draw(st.sampled_from(rows["invoices"]))["invoice_id"]
    wrong["application_id"] = keys[0]
    back = {column: -amount for column, amount in moved.items()}
    corrected = [{**right, **back, "application_id": keys[1]}]
    if draw(st.integers(0, 3)):
        corrected.append({**right, "application_id": keys[2], "invoice_id": other})
    return corrected
