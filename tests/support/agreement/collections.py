"""The marts of losses, behaviour, disputes, rolls, promises and effort held against the oracle.

Here: which figures are compared, and the reasons that must stand beside a figure that is null. Not here: comparing
itself (comparing.py) and either computation.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from tests.support.agreement.comparing import LEVEL_KEY, STAFF_KEY, Disagreement, Oracle, compare, with_figures
from tests.support.compiled_models import mart_rows
from tests.support.oracle import behaviour, disputes, effort, losses, monthly, promises, rolls
from tests.support.oracle.absent import known

ROLL_KEY = ("month_end", "from_bucket", "to_state", "level", "company_id")

# Every KPI of these marts, and the column that says why it is null.
REASONS = {
    "credit_losses_monthly": {
        "write_off_rate": "reason",
        "bad_debt_to_sales": "reason_to_sales",
        "recovery_rate": "reason_recovery",
        "write_off_recovery_rate": "reason_write_off_recovery",
    },
    "payment_behaviour_monthly": {
        "average_days_to_pay": "reason",
        "average_days_late": "reason_days_late",
        "average_collection_cycle": "reason_cycle",
        "mean_days_late_per_invoice": "reason_days_late_per_invoice",
    },
    "disputes_monthly": {
        "dispute_rate": "reason",
        "dispute_days": "reason_days",
        "days_deductions_outstanding": "reason_outstanding",
    },
    "roll_rates_monthly": {"roll_rate": "reason"},
    "promises_monthly": {"promise_kept_rate": "reason", "promise_kept_rate_amount": "reason_amount"},
    "collection_effort_monthly": {"call_to_promise_ratio": "reason_promises", "right_party_contact_rate": "reason"},
}
MARTS = tuple(REASONS)


def figures_of(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> dict[str, tuple[tuple[str, ...], dict]]:
    """Every mart's key columns, and its rows as the oracle says them."""
    facts, ledger, rates = oracle.facts, oracle.ledger, oracle.rates
    levels = monthly.all_levels(ledger, rates)
    outcomes = connection.execute("select outcome from reference.activity_outcomes where is_right_party").fetchall()
    right_party = {outcome for (outcome,) in outcomes}
    return {
        "credit_losses_monthly": (LEVEL_KEY, losses.credit_losses_monthly(ledger, rates, levels)),
        "payment_behaviour_monthly": (LEVEL_KEY, behaviour.payment_behaviour_monthly(ledger, rates)),
        "disputes_monthly": (LEVEL_KEY, disputes.disputes_monthly(facts, ledger, rates, levels)),
        "roll_rates_monthly": (ROLL_KEY, rolls.roll_rates_monthly(ledger, rates)),
        "promises_monthly": (STAFF_KEY, promises.promises_monthly(facts, ledger, rates)),
        "collection_effort_monthly": (
            STAFF_KEY,
            effort.collection_effort_monthly(facts, ledger, rates, right_party),
        ),
    }


def disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    """Every figure that is not the oracle's, and every null without a reason or reason without a null."""
    wrong: list[Disagreement] = []
    for mart, (key, expected) in figures_of(connection, oracle).items():
        expected, found = known(mart, expected, oracle.landed), mart_rows(connection, mart, key)
        if key != LEVEL_KEY:
            expected, found = _comparable(mart, expected), _comparable(mart, found)
        wrong += compare(mart, expected, found) + unexplained(mart, found)
    return wrong


def _comparable(mart: str, rows: Mapping[tuple, Mapping[str, Any]]) -> Mapping[tuple, Mapping[str, Any]]:
    """Rows with a figure: a cohort, team or employee without any in the month may stand there or not."""
    columns = {
        "roll_rates_monthly": ["balance_to"],
        "promises_monthly": ["promises_made", "promises_due"],
        "collection_effort_monthly": ["outbound_calls", "promises_made", "cash_received"],
    }
    return with_figures(rows, columns[mart])


def unexplained(mart: str, rows: Mapping[tuple, Mapping[str, Any]]) -> Iterable[Disagreement]:
    """A KPI is null or its reason is, never both or neither."""
    return [
        Disagreement(mart, key, reason, "a reason" if row[kpi] is None else None, row[reason])
        for key, row in rows.items()
        for kpi, reason in REASONS[mart].items()
        if (row[kpi] is None) == (row[reason] is None)
    ]
