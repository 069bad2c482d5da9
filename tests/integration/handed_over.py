"""A small warehouse file for tests of the hand-over gate: each mart with a row that is as expected, or changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from expectations.hand_overs import BUCKETS

AS_OF = date(2024, 3, 15)
MONTHS = (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31))
NO_BALANCE = dict.fromkeys((*BUCKETS, "unapplied_credits"), 0)

# A row of each mart that is as expected; tests change a little of it. Dates and numbers give columns their types.
SCOPED = {"month_end": MONTHS[2], "level": "portfolio", "scope": "portfolio"}
ROWS: dict[str, dict[str, Any]] = {
    "dim_aging_buckets": {"bucket_id": "current"},
    "dim_companies": {"company_id": "C1"},
    "dim_customers": {"customer_id": "D1"},
    "dim_dates": {"date_day": AS_OF},
    "dim_employees": {"employee_id": "E1"},
    "dim_kpis": {"kpi_id": "dso"},
    "fct_activities": {"activity_id": "A1"},
    "fct_cases": {"case_id": "K1"},
    "fct_disputes": {"dispute_id": "P1"},
    "fct_invoices": {
        "invoice_id": "I1", "invoice_date": AS_OF, "amount": 9.5, "open_balance": 1.5, "aging_bucket": "current",
    },
    "fct_promises": {"promise_id": "Q1"},
    "fct_receipts": {"receipt_id": "R1"},
    "fct_receivables_ledger": {"event_id": "L1", "event_type": "invoice_issued", "effective_date": AS_OF},
    "receivables_daily": {
        "date_day": AS_OF, "company_id": "C1", "segment": "unassigned", "currency_code": "EUR",
        **NO_BALANCE, "aging_current": 10.5, "unapplied_credits": -0.5, "closing_balance": 10.0,
    },
    "aging_monthly": {
        "month_end": MONTHS[2], "company_id": "C1", "customer_id": "D1", "currency_code": "EUR",
        **NO_BALANCE, "aging_current": 10.5, "aging_1_30": 2.0, "open_invoices": 12.5, "past_due_receivables": 2.0,
        "unapplied_credits": -0.5, "receivables": 12.0,
    },
    "dso_monthly": {
        **SCOPED, "days": 15, "receivables": 12.0, "current_receivables": 10.0, "past_due_receivables": 2.0,
        "dso": 30.5, "dso_average": 30.5, "dso_gross": 31.5, "best_possible_dso": 25.5, "average_days_delinquent": 5.5,
        "dso_3m": 30.5, "dso_12m": 30.5, "dso_countback": 29.5,
        "reason": "", "reason_3m": "", "reason_12m": "", "reason_countback": "",
    },
    "cei_monthly": {
        **SCOPED, "opening_receivables": 10.0, "net_credit_sales": 10.0, "closing_receivables": 12.0,
        "closing_current_receivables": 10.0, "cash_received": 8.0, "opening_receivables_3m": 10.0,
        "net_credit_sales_3m": 30.0, "cei": 80.0, "cei_3m": 80.0, "cei_cash_only": 80.0, "collection_rate": 0.4,
        "collection_rate_opening": 0.4, "reason": "", "reason_3m": "", "reason_collection_rate": "",
        "reason_collection_rate_opening": "",
    },
    "delinquency_monthly": {
        **SCOPED, **NO_BALANCE, "aging_current": 10.0, "aging_91_120": 2.5, "open_invoices": 12.5,
        "past_due_receivables": 2.5, "delinquency_rate_amount": 0.2, "serious_delinquency_rate": 0.2,
        "delinquency_rate_count": 0.2, "delinquency_rate_accounts": 0.2, "reason": "", "reason_count": "",
    },
    "accounts_per_employee_monthly": {
        **SCOPED, "average_fte": 1.5, "accounts_per_employee": 70.5, "accounts_per_head": 60.5,
        "workload_max_to_mean": 1.5, "workload_gini": 0.5, "reason": "", "reason_per_head": "",
    },
    "scorecard_monthly": {**SCOPED, "kpi_id": "dso", "value": 30.5, "reason": ""},
}  # fmt: skip
TYPES = {date: "date", str: "varchar", float: "double", int: "integer"}


class Warehouse:
    """A warehouse file of which a test puts down the marts it needs."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        self._run("create schema marts")

    def mart(self, name: str, *changes: Mapping[str, Any]) -> None:
        """Put down a mart with a row for each change of the row that is as expected."""
        pattern = ROWS[name]
        columns = ", ".join(
            f"{column} {'decimal(18, 4)' if column in NO_BALANCE else TYPES[type(value)]}"
            for column, value in pattern.items()
        )
        self._run(f"create or replace table marts.{name} ({columns})")
        for change in changes:
            values = list({**pattern, **change}.values())
            self._run(f"insert into marts.{name} values ({', '.join('?' for _ in values)})", values)

    def _run(self, statement: str, values: Sequence[Any] | None = None) -> None:
        with duckdb.connect(self.file) as connection:
            connection.execute(statement, values)
