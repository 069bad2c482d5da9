"""A small warehouse file for tests of the hand-over gate: each mart with a row that is as expected, or changed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations.gates import hand_over_suites
from expectations.hand_overs import BUCKETS, HandOver
from expectations.suites.contact_compliance import RULES as CONTACT_RULES
from expectations.validation import CheckResult, name_of, validate

AS_OF = date(2024, 3, 15)
MONTHS = (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31))
NO_BALANCE = dict.fromkeys((*BUCKETS, "unapplied_credits"), 0)

# A row of each mart that is as expected; tests change a little of it. Dates and numbers give columns their types.
SCOPED = {"month_end": MONTHS[2], "level": "portfolio", "scope": "portfolio"}
ROWS: dict[str, dict[str, Any]] = {
    "dim_aging_buckets": {"bucket_id": "current"},
    "dim_companies": {"company_id": "C1"},
    "dim_customers": {"customer_id": "D1"},
    "customer_group_members": {"group_customer_id": "D1", "customer_id": "D1", "levels_below": 0, "is_top": True},
    "customer_payments_monthly": {"month_end": MONTHS[2], "company_id": "C1", "customer_id": "D1"},
    "dim_dates": {"date_day": AS_OF},
    "dim_declared_dimensions": {"dimension": "salesperson"},
    "document_dimensions": {"item_type": "invoice", "item_id": "I1", "dimension": "salesperson"},
    "dim_employees": {"employee_id": "E1"},
    "dim_event_types": {"event_type": "invoice_issued"},
    "dim_debt_tolerances": {"currency_code": "EUR"},
    "dim_dunning_steps": {"level": 1},
    "dim_interest_policies": {"policy_id": "law", "valid_from": AS_OF},
    "dim_kpis": {"kpi_id": "dso"},
    "fct_activities": {"activity_id": "A1"},
    "fct_cases": {"case_id": "K1"},
    "fct_dispute_spells": {"dispute_id": "P1", "spell": 1},
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
    "receivables_rollforward_monthly": {
        **SCOPED, "opening_receivables": 10.0, "invoiced": 20.0, "credited": 1.0, "voided": 1.0, "cash_received": 18.0,
        "cash_reversed": 2.0, "refunded": 1.0, "discounts": 0.5, "written_off": 2.0, "write_offs_reversed": 1.0,
        "other_adjustments": 0.25, "transferred": 0.25, "fx_difference": 0.0, "closing_receivables": 12.0,
    },
    "open_items": {"item_type": "invoice", "item_id": "I1", "as_of_date": AS_OF, "days_past_due": 5},
    "payment_forecast": {
        "invoice_id": "I1", "part": 1, "as_of_date": AS_OF, "expected_days_late": 3, "p_late_0": 1.0, "p_late_90": 0.1,
        "reason": "short_history",
    },
    "cash_forecast_weekly": {
        "as_of_date": AS_OF, "week": 1, "scope": "portfolio", "level": "portfolio", "from_open_items": 2.5,
        "from_billings_to_come": 0.5, "p10": 1.5, "reason": "",
    },
    "frozen_forecasts": {"as_of_date": AS_OF, "invoice_id": "I1", "part": 1},
    "frozen_cash_forecasts": {"as_of_date": AS_OF, "week": 1, "scope": "portfolio"},
    "forecast_accuracy": {
        "as_of_date": AS_OF, "scope": "portfolio", "measure": "mae_days", "tenth": 1, "n": 3, "value": 4.5,
        "reason": "",
    },
    "forecasts_monthly": {
        **SCOPED, "expected_cash_30d": 5.5, "cash_at_risk_30d": 0.5, "cash_at_risk_share": 0.1, "forecast_error": 6.5,
        "reason": "", "reason_share": "", "reason_error": "",
    },
    "cash_forecast_outcomes": {"as_of_date": AS_OF, "week": 1, "scope": "portfolio", "level": "portfolio", "p10": 1.5},
    "forecast_calibration": {"scope": "portfolio", "late_by": 30, "band": 3, "said": 0.25, "share_late": 0.25},
    "habit_curves": {"customer_id": "D1", "days_late": 7, "share_paid": 0.5, "share_paid_of_group": 0.5},
    "control_account_tie_out": {
        "company_id": "C1", "currency_code": "EUR", "balance_date": AS_OF, "base_currency_code": "EUR",
        "base_control_balance": 9.5, "base_difference": 0.05, "base_tolerance": 0.05, "is_comparable": True,
    },
    "open_amount_tie_out": {
        "document_type": "invoice", "document_id": "I1", "currency_code": "EUR", "ledger_open_amount": 1.5,
        "source_open_amount": 1.5, "difference": 0.5, "status": "changed_since",
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
        **SCOPED, "opening_receivables": 10.0, "net_credit_sales": 10.0, "taken_over": 0.0, "closing_receivables": 12.0,
        "closing_current_receivables": 10.0, "cash_received": 8.0, "opening_receivables_3m": 10.0,
        "net_credit_sales_3m": 30.0, "taken_over_3m": 0.0, "cei": 80.0, "cei_3m": 80.0, "cei_cash_only": 80.0,
        "collection_rate": 0.4, "collection_rate_opening": 0.4, "reason": "", "reason_3m": "", "reason_cash_only": "",
        "reason_collection_rate": "", "reason_collection_rate_opening": "",
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
    "payment_behaviour_monthly": {
        **SCOPED, "average_days_to_pay": 40.5, "average_days_late": 4.5, "average_collection_cycle": 41.5,
        "mean_days_late_per_invoice": 5.5, "reason": "", "reason_days_late": "", "reason_cycle": "",
        "reason_days_late_per_invoice": "",
    },
    "credit_loss_allowance_monthly": {
        "month_end": MONTHS[2], "company_id": "C1", "segment": "unassigned", "bucket_id": "current", "gross": 10.5,
        "specific_gross": 0.5, "historical_loss_rate": 0.1, "loss_rate": 0.2, "allowance": 2.5, "reason": "",
        "lost_after": 1.5, "reason_lost_after": "",
    },
    "credit_losses_monthly": {
        **SCOPED, "written_off": 1.0, "cash_applied_to_past_due": 4.0, "recovered_12m": 1.0, "process_cost": 1.0,
        "write_off_rate": 0.1, "bad_debt_to_sales": 0.1, "recovery_rate": 0.4, "write_off_recovery_rate": 0.2,
        "cost_to_collect": 0.02, "top_10_share": 0.4, "concentration_index": 0.1, "reason": "", "reason_to_sales": "",
        "reason_recovery": "", "reason_write_off_recovery": "", "reason_cost": "", "reason_concentration": "",
    },
    "disputes_monthly": {
        **SCOPED, "dispute_rate": 0.1, "dispute_days": 12.5, "days_deductions_outstanding": 20.5,
        "reason": "", "reason_days": "", "reason_outstanding": "",
    },
    "disputes_by_reason_monthly": {"month_end": MONTHS[2], "company_id": "C1", "reason_code": "pricing"},
    "roll_rates_monthly": {
        **SCOPED, "from_bucket": "1_30", "to_state": "paid", "balance_from": 10.0, "balance_to": 10.0, "roll_rate": 1.0,
        "reason": "",
    },
    "promises_monthly": {
        **SCOPED, "promise_kept_rate": 0.5, "promise_kept_rate_amount": 0.5, "reason": "", "reason_amount": "",
    },
    "collection_effort_monthly": {
        **SCOPED, "call_to_promise_ratio": 0.2, "right_party_contact_rate": 0.3, "reason": "",
        "reason_promises": "",
    },
    "service_quality_monthly": {
        **SCOPED, "first_call_resolution": 0.3, "first_contact_resolution": 0.6, "csat": 0.7,
        "survey_response_rate": 0.4, "reason": "", "reason_call": "", "reason_contact": "", "reason_response": "",
    },
    "customer_outlook": {
        "customer_id": "D1", "as_of_date": AS_OF, "open_invoices": 12.5, "expected_loss": 0.5,
        "expected_late_money": 2.5,
    },
    "customer_risk": {
        "customer_id": "D1", "as_of_date": AS_OF, "open_invoices": 12.5, "unapplied_credits": -0.5,
        "receivables": 12.0, "days_late_3m": 5.5, "days_late_12m": 4.5, "share_paid_late": 0.4,
        "share_of_receivables": 1.0, "credit_utilisation": 0.5, "loss_probability": 0.02,
        "reason_3m": "", "reason_12m": "", "reason_share": "",
    },
    "collections_worklist": {
        "customer_id": "D1", "as_of_date": AS_OF, "priority": 1, "money_at_risk": 0.5, "oldest_past_due_days": 12,
    },
    "contact_compliance": {
        "activity_id": "A1", "occurred_at": datetime(2024, 3, 15, 23, 59, 59), **dict.fromkeys(CONTACT_RULES, "pass"),
    },
    "contact_findings": {
        "rule_id": "call_frequency", "activity_id": "A1", "verdict": "exception", "reason": "It did not connect.",
        "citation": "12 CFR 1006.14(b)(2)(i)(A)",
    },
    "contact_compliance_monthly": {
        **SCOPED, "rule_id": "call_frequency", "basis": "law", "verdict": "pass", "contacts": 1,
    },
    "dim_contact_rules": {"rule_id": "call_frequency"},
    "scorecard_monthly": {**SCOPED, "kpi_id": "dso", "value": 30.5, "reason": ""},
    "reported_kpis_monthly": {**SCOPED, "kpi_id": "dso", "value": 30.5, "reason": ""},
    "restated_events": {"detected_at": datetime(2024, 3, 15), "event_id": "L1", "entry": "after"},
    "kpi_restatements": {**SCOPED, "kpi_id": "dso"},
    "kpi_restatement_causes": {**SCOPED, "kpi_id": "dso", "kind": "backdated"},
}  # fmt: skip
TYPES = {datetime: "timestamp", date: "date", str: "varchar", float: "double", int: "integer", bool: "boolean"}


class Warehouse:
    """A file of marts, of which a test puts down those it needs."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(file) as connection:
            connection.execute("create schema marts")

    def mart(self, name: str, *changes: Mapping[str, Any]) -> None:
        """Put down a mart with a row for each change of the row that is as expected."""
        pattern = ROWS[name]
        columns = ", ".join(
            f"{column} {'decimal(18, 4)' if column in NO_BALANCE else TYPES[type(value)]}"
            for column, value in pattern.items()
        )
        with duckdb.connect(self.file) as connection:
            connection.execute(f"create or replace table marts.{name} ({columns})")
            for change in changes:
                values = list({**pattern, **change}.values())
                connection.execute(f"insert into marts.{name} values ({', '.join('?' for _ in values)})", values)

    def failed(
        self, *marts: str, published: Mapping[str, int] | None = None, only: Collection[str] | None = None
    ) -> list[CheckResult]:
        """Return what the gate holds against some marts.

        Args:
            marts: their names.
            published: how many rows of each mart were published before.
            only: names of the expectations that are asked; None: all.
        """
        suites = hand_over_suites(HandOver(AS_OF, published or {}))
        asked = {mart: [one for one in suites[mart] if only is None or name_of(one) in only] for mart in marts}
        results = validate(self.file, "marts", asked, gate="hand_over", as_of=AS_OF)
        return [result for result in results if not result.success]
