"""What a source leaves out isn't zero: figures that rest on a table without any record are unknown.

Here: which figures of which mart rest on which tables. Not here: the figures themselves.
"""

from collections.abc import Collection, Mapping
from typing import Any

RESTS_ON: dict[str, dict[str, tuple[str, ...]]] = {
    "cei_monthly": {
        "cash_received": ("receipts",),
        "cei_cash_only": ("receipts",),
        "collection_rate": ("receipts",),
        "collection_rate_opening": ("applications",),
    },
    "credit_losses_monthly": {
        "written_off": ("adjustments",),
        "recovered": ("adjustments",),
        "written_off_12m": ("adjustments",),
        "recovered_12m": ("adjustments",),
        "bad_debt_expense": ("adjustments",),
        "write_off_rate": ("adjustments",),
        "bad_debt_to_sales": ("adjustments",),
        "write_off_recovery_rate": ("adjustments",),
        "cash_applied_to_past_due": ("applications",),
        "recovery_rate": ("applications",),
        "cash_received": ("receipts",),
        "cost_to_collect": ("receipts",),
    },
    "disputes_monthly": dict.fromkeys(
        (
            "disputes_opened",
            "disputed_opened",
            "disputes_reopened",
            "disputed_reopened",
            "disputes_closed",
            "days_to_close",
            "disputes_open",
            "disputed_open",
            "dispute_rate",
            "dispute_days",
            "days_deductions_outstanding",
        ),
        ("disputes",),
    ),
    "promises_monthly": {
        "promise_kept_rate": ("promises", "receipts"),
        "promise_kept_rate_amount": ("promises", "receipts"),
    },
    "collection_effort_monthly": {
        "call_to_promise_ratio": ("activities", "promises"),
        "right_party_contact_rate": ("activities",),
    },
    "service_quality_monthly": {
        "first_call_resolution": ("activities", "receipts"),
        "first_contact_resolution": ("activities", "cases"),
        "csat": ("surveys",),
        "survey_response_rate": ("surveys",),
    },
    "customer_risk": {
        "broken_promises_12m": ("promises", "receipts"),
        "open_disputes": ("disputes",),
    },
}


def known(
    mart: str, rows: Mapping[tuple, Mapping[str, Any]], landed: Collection[str]
) -> dict[tuple, Mapping[str, Any]]:
    """The mart's rows, unknown where a table that a figure rests on hasn't landed."""
    unknown = {column for column, tables in RESTS_ON.get(mart, {}).items() if not set(tables) <= set(landed)}
    return {key: {name: None if name in unknown else row[name] for name in row} for key, row in rows.items()}
