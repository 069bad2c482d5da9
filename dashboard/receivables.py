"""Receivables: their aging, the roll-forward, and the roll rates.

Here: figures of `delinquency_monthly`, `receivables_rollforward_monthly` and `roll_rates_monthly` along the axes. Not
here: KPIs.
"""

from typing import Any

from dashboard.axes import Axes, plain
from duebook.publication.reader import Published

# The roll-forward in its published order: what a step is called, and its column. dim_event_types says which of them
# are added and which taken off.
STEPS = {
    "Invoiced": "invoiced",
    "Credit memos": "credited",
    "Voided": "voided",
    "Cash received": "cash_received",
    "Cash reversed": "cash_reversed",
    "Refunded": "refunded",
    "Discounts": "discounts",
    "Written off": "written_off",
    "Write-offs reversed": "write_offs_reversed",
    "Other adjustments": "other_adjustments",
    "Transferred": "transferred",
    "Exchange rates": "fx_difference",
}
NOT_OF_A_BUCKET = {"paid": "Paid", "credited": "Credited", "written_off": "Written off"}


def read_buckets(published: Published) -> list[dict[str, Any]]:
    """Read the aging buckets, youngest first."""
    return published.records(
        "select bucket_id as id, label, is_past_due from {marts}.dim_aging_buckets order by position, bucket_id"
    )


def read_aging(published: Published, axes: Axes, buckets: list[dict[str, Any]]) -> dict[str, list]:
    """Read invoice balances by bucket in the reporting currency: bucket id to figures by group and month."""
    aging = {}
    for bucket in buckets:
        rows = published.rows(
            "select company_id, segment, month_end, {balance} from {marts}.delinquency_monthly",
            balance=f"aging_{bucket['id']}",
        )
        aging[bucket["id"]] = axes.along_months(
            ((axes.group_of(company, segment), month, balance) for company, segment, month, balance in rows),
            axes.groups,
        )
    return aging


def read_roll_forward(published: Published, axes: Axes) -> dict[str, Any]:
    """Read what changed receivables in each month, in the reporting currency: opening balance + the steps = closing.

    Returns:
        `steps`: names in order; `opening`, `closing` and each of `movements`: figures by group and month.
    """
    directions = dict(published.rows("select distinct movement, direction from {marts}.dim_event_types"))
    rows = published.rows(
        "select company_id, segment, month_end, opening_receivables, closing_receivables, {steps}"
        " from {marts}.receivables_rollforward_monthly",
        steps=", ".join(f"{directions.get(column, 1)} * {column}" for column in STEPS.values()),
    )

    def along_months(column: int) -> list:
        return axes.along_months(((axes.group_of(*row[:2]), row[2], row[column]) for row in rows), axes.groups)

    return {
        "steps": list(STEPS),
        "opening": along_months(3),
        "closing": along_months(4),
        "movements": [along_months(5 + number) for number in range(len(STEPS))],
    }


def read_roll_rates(published: Published, axes: Axes, buckets: list[dict[str, Any]]) -> dict[str, Any]:
    """Read the bucket or state of each bucket's balance a month later.

    Returns:
        `states`: id and label of each, in order; `opening`: bucket id to balances by group and month, and `share`:
        bucket id to state id to shares by group and month. Segments have none.
    """
    states = [{"id": bucket["id"], "label": bucket["label"]} for bucket in buckets]
    states += [{"id": state, "label": label} for state, label in NOT_OF_A_BUCKET.items()]
    rows = published.rows(
        "select company_id, month_end, from_bucket, to_state, balance_from, roll_rate from {marts}.roll_rates_monthly"
    )
    opening: dict[str, dict] = {}
    share: dict[str, dict[str, list]] = {}
    for company, month, bucket, state, balance, rate in rows:
        place = (axes.group_of(company, None), month)
        opening.setdefault(bucket, {})[place] = balance
        share.setdefault(bucket, {}).setdefault(state, []).append((*place, plain(rate)))
    return {
        "states": states,
        "opening": {
            bucket: axes.along_months(((*place, balance) for place, balance in balances.items()), axes.groups)
            for bucket, balances in opening.items()
        },
        "share": {
            bucket: {state: axes.along_months(rates, axes.groups) for state, rates in by_state.items()}
            for bucket, by_state in share.items()
        },
    }
