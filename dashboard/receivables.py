"""Receivables: their aging, the roll-forward, and the roll rates.

Here: figures of `delinquency_monthly`, the roll-forward and `roll_rates_monthly` along the axes. Not here: KPIs.
"""

from typing import Any

from dashboard.axes import Axes, plain
from dashboard.dimensions import read_aging_of_values
from duebook.publication.reader import Published

# The steps of the roll-forward in their published order: what each is called, and its name in the mart.
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
    """Read invoice balances by bucket in the reporting currency: bucket id to figures by place and month."""
    aging, of_values = {}, read_aging_of_values(published, axes, [bucket["id"] for bucket in buckets])
    for bucket in buckets:
        rows = published.rows(
            "select company_id, segment, month_end, {balance} from {marts}.delinquency_monthly",
            balance=f"aging_{bucket['id']}",
        )
        of_groups = [(axes.group_of(company, segment), month, balance) for company, segment, month, balance in rows]
        aging[bucket["id"]] = axes.along_months([*of_groups, *of_values[bucket["id"]]], axes.places)
    return aging


def read_roll_forward(published: Published, axes: Axes) -> dict[str, Any]:
    """Read what changed receivables in each month, in the reporting currency: opening balance + the steps = closing.

    Returns:
        `steps`: names in order; `opening`, `closing` and each of `movements`: figures by group and month.
    """
    balances = published.rows(
        "select company_id, segment, month_end, opening_receivables, closing_receivables"
        " from {marts}.receivables_rollforward_monthly"
    )
    changes: dict[str, list[tuple]] = {step: [] for step in STEPS.values()}
    for step, *row in published.rows(
        "select step, company_id, segment, month_end, receivables_change from {marts}.rollforward_steps_monthly"
    ):
        changes[step].append(row)

    def along_months(rows: list, column: int) -> list:
        return axes.along_months(((axes.group_of(*row[:2]), row[2], row[column]) for row in rows), axes.groups)

    return {
        "steps": list(STEPS),
        "opening": along_months(balances, 3),
        "closing": along_months(balances, 4),
        "movements": [along_months(rows, 3) for rows in changes.values()],
    }


def read_roll_rates(published: Published, axes: Axes, buckets: list[dict[str, Any]]) -> dict[str, Any]:
    """Read the bucket or state of each bucket's balance a month later.

    Returns:
        `states`: id and label of each, in order; `opening`: bucket id to balances by group and month, and `share`:
        bucket id to state id to shares by group and month; `rolled_on`: bucket id to the share and the balance that
        came to older buckets, by group and month. Segments have none.
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
        "rolled_on": _read_rolled_on(published, axes),
    }


def _read_rolled_on(published: Published, axes: Axes) -> dict[str, dict[str, list]]:
    rolled: dict[str, list[tuple]] = {}
    for bucket, company, *row in published.rows(
        "select from_bucket, company_id, month_end, sum(roll_rate), sum(balance_to) from {marts}.roll_rates_monthly"
        " where is_older_bucket group by from_bucket, company_id, month_end order by all"
    ):
        rolled.setdefault(bucket, []).append((axes.group_of(company, None), *row))
    return {
        bucket: {
            name: axes.along_months(((place, month, figures[at]) for place, month, *figures in rows), axes.groups)
            for at, name in enumerate(("share", "balance"))
        }
        for bucket, rows in rolled.items()
    }
