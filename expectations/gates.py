"""The suite of each table, at each of the two gates.

Not here: the expectations in the suites (arrivals.py, hand_overs.py, suites/).
"""

from collections.abc import Callable, Set
from dataclasses import dataclass

from great_expectations.expectations import Expectation

from duebook.contract import Contract
from expectations.arrivals import Arrival, columns_as_agreed, expectations_of
from expectations.hand_overs import (
    HandOver,
    has_every_month,
    has_unique_key,
    is_not_empty,
    keeps_its_rows,
    reaches_the_month_of,
)
from expectations.suites import (
    accounts_per_employee_monthly,
    activities,
    aging_monthly,
    cash_forecast_outcomes,
    cash_forecast_weekly,
    cei_monthly,
    collection_effort_monthly,
    collections_worklist,
    contact_compliance,
    contact_findings,
    control_account_tie_out,
    credit_loss_allowance_monthly,
    credit_losses_monthly,
    customer_group_members,
    customer_outlook,
    customer_risk,
    delinquency_monthly,
    disputes_monthly,
    dso_monthly,
    fct_invoices,
    fct_receivables_ledger,
    forecast_accuracy,
    forecast_calibration,
    forecasts_monthly,
    frozen_cash_forecasts,
    frozen_forecasts,
    habit_curves,
    invoices,
    open_amount_tie_out,
    open_items,
    payment_behaviour_monthly,
    payment_forecast,
    promises_monthly,
    receivables_daily,
    receivables_rollforward_monthly,
    reported_kpis_monthly,
    restated_events,
    roll_rates_monthly,
    scorecard_monthly,
    service_quality_monthly,
)

ARRIVALS = {"activities": activities.suite, "invoices": invoices.suite}


@dataclass(frozen=True)
class Mart:
    """How a mart is checked against the contract with readers.

    Attributes:
        key: the columns that identify a row; empty: only dbt's test checks the key (BY_DOCUMENT).
        suite: expectations of this mart only.
        may_be_empty: the mart has no rows if a source lands no facts of its kind.
        may_shrink: the mart may have far fewer rows on the next day, for example because it is about one day.
        months_by: for each value of these columns every month must have a row; empty: it isn't a monthly mart.
        months_where: SQL condition for the rows that must have every month.
    """

    key: tuple[str, ...]
    suite: Callable[[HandOver], list[Expectation]] = lambda _: []
    may_be_empty: bool = False
    may_shrink: bool = False
    months_by: tuple[str, ...] = ()
    months_where: str = "true"


# One row for each landed invoice, receipt or contact: dbt tests the key in the same refresh, which is enough.
BY_DOCUMENT = ()
SCOPE = ("scope",)
PORTFOLIO = "level = 'portfolio'"
MARTS = {
    "dim_aging_buckets": Mart(("bucket_id",)),
    "dim_companies": Mart(("company_id",)),
    "dim_contact_rules": Mart(("rule_id",)),
    "dim_customers": Mart(("customer_id",)),
    "dim_dates": Mart(("date_day",)),
    "dim_employees": Mart(("employee_id",), may_be_empty=True),
    "dim_event_types": Mart(("event_type",)),
    # What people decide; a home's own file may have none.
    "dim_debt_tolerances": Mart(("currency_code",), may_be_empty=True, may_shrink=True),
    "dim_dunning_steps": Mart(("level",), may_be_empty=True, may_shrink=True),
    "dim_interest_policies": Mart(("policy_id", "valid_from"), may_be_empty=True, may_shrink=True),
    "dim_kpis": Mart(("kpi_id",)),
    "fct_activities": Mart(BY_DOCUMENT, may_be_empty=True),
    "fct_cases": Mart(("case_id",), may_be_empty=True),
    # A dispute opened again by mistake has one spell less when that is taken back.
    "fct_dispute_spells": Mart(("dispute_id", "spell"), may_be_empty=True, may_shrink=True),
    "fct_disputes": Mart(("dispute_id",), may_be_empty=True),
    "fct_invoices": Mart(BY_DOCUMENT, fct_invoices.suite),
    "fct_promises": Mart(("promise_id",), may_be_empty=True),
    "fct_receipts": Mart(BY_DOCUMENT, may_be_empty=True),
    "fct_receivables_ledger": Mart(BY_DOCUMENT, fct_receivables_ledger.suite),
    "receivables_daily": Mart(receivables_daily.KEY, receivables_daily.suite),
    "receivables_rollforward_monthly": Mart(
        receivables_rollforward_monthly.KEY, receivables_rollforward_monthly.suite, months_by=SCOPE
    ),
    "aging_monthly": Mart(aging_monthly.KEY, aging_monthly.suite, may_be_empty=True),
    "dso_monthly": Mart(dso_monthly.KEY, dso_monthly.suite, months_by=SCOPE),
    "cei_monthly": Mart(cei_monthly.KEY, cei_monthly.suite, months_by=SCOPE),
    "delinquency_monthly": Mart(delinquency_monthly.KEY, delinquency_monthly.suite, months_by=SCOPE),
    # About one day; settled items are not in it on the next day.
    "open_items": Mart(open_items.KEY, open_items.suite, may_be_empty=True, may_shrink=True),
    "payment_forecast": Mart(payment_forecast.KEY, payment_forecast.suite, may_be_empty=True, may_shrink=True),
    "cash_forecast_weekly": Mart(
        cash_forecast_weekly.KEY, cash_forecast_weekly.suite, may_be_empty=True, may_shrink=True
    ),
    "habit_curves": Mart(habit_curves.KEY, habit_curves.suite, may_be_empty=True, may_shrink=True),
    "control_account_tie_out": Mart(BY_DOCUMENT, control_account_tie_out.suite, may_be_empty=True, may_shrink=True),
    # Only of what the source says; what it says no more is gone.
    "open_amount_tie_out": Mart(BY_DOCUMENT, open_amount_tie_out.suite, may_be_empty=True, may_shrink=True),
    "payment_behaviour_monthly": Mart(payment_behaviour_monthly.KEY, payment_behaviour_monthly.suite, months_by=SCOPE),
    "customer_payments_monthly": Mart(("month_end", "company_id", "customer_id"), may_be_empty=True),
    "credit_losses_monthly": Mart(credit_losses_monthly.KEY, credit_losses_monthly.suite, months_by=SCOPE),
    "credit_loss_allowance_monthly": Mart(
        credit_loss_allowance_monthly.KEY, credit_loss_allowance_monthly.suite, may_be_empty=True
    ),
    "disputes_monthly": Mart(disputes_monthly.KEY, disputes_monthly.suite, months_by=SCOPE),
    "disputes_by_reason_monthly": Mart(("month_end", "company_id", "reason_code"), may_be_empty=True, may_shrink=True),
    # A cohort has one row for each move: if cash lands late, invoices leave their buckets, and rows disappear.
    "roll_rates_monthly": Mart(roll_rates_monthly.KEY, roll_rates_monthly.suite, may_be_empty=True, may_shrink=True),
    # Employees and teams leave and come back; the portfolio does not.
    "accounts_per_employee_monthly": Mart(
        accounts_per_employee_monthly.KEY,
        accounts_per_employee_monthly.suite,
        months_by=SCOPE,
        months_where=PORTFOLIO,
    ),
    "promises_monthly": Mart(promises_monthly.KEY, promises_monthly.suite, months_by=SCOPE, months_where=PORTFOLIO),
    "collection_effort_monthly": Mart(
        collection_effort_monthly.KEY, collection_effort_monthly.suite, months_by=SCOPE, months_where=PORTFOLIO
    ),
    "service_quality_monthly": Mart(service_quality_monthly.KEY, service_quality_monthly.suite, months_by=SCOPE),
    # Groups come and go with parents.
    "customer_group_members": Mart(customer_group_members.KEY, customer_group_members.suite, may_shrink=True),
    # There are dimensions where a home declares some, and until it doesn't any more.
    "dim_declared_dimensions": Mart(("dimension",), may_be_empty=True, may_shrink=True),
    "document_dimensions": Mart(("item_type", "item_id", "dimension"), may_be_empty=True, may_shrink=True),
    # Only of customers that owe something or have a habit.
    "customer_outlook": Mart(customer_outlook.KEY, customer_outlook.suite, may_be_empty=True, may_shrink=True),
    "customer_risk": Mart(customer_risk.KEY, customer_risk.suite),
    "collections_worklist": Mart(
        collections_worklist.KEY, collections_worklist.suite, may_be_empty=True, may_shrink=True
    ),
    # Its suite checks whether it has as many rows as before, because it once had other columns.
    "contact_compliance": Mart(BY_DOCUMENT, contact_compliance.suite, may_be_empty=True, may_shrink=True),
    # A finding disappears when a missing row, or the consent, has landed.
    "contact_findings": Mart(BY_DOCUMENT, contact_findings.suite, may_be_empty=True, may_shrink=True),
    "contact_compliance_monthly": Mart(("month_end", "scope", "rule_id", "basis", "verdict"), may_be_empty=True),
    "scorecard_monthly": Mart(
        scorecard_monthly.KEY,
        scorecard_monthly.suite,
        months_by=("scope", "kpi_id"),
        months_where="level not in ('team', 'employee')",
    ),
    # Before a month is closed nothing is reported, and usually nothing is restated. The suites allow no row to be lost.
    "reported_kpis_monthly": Mart(
        reported_kpis_monthly.KEY, reported_kpis_monthly.suite, may_be_empty=True, may_shrink=True
    ),
    "restated_events": Mart(restated_events.KEY, restated_events.suite, may_be_empty=True, may_shrink=True),
    "frozen_forecasts": Mart(frozen_forecasts.KEY, frozen_forecasts.suite, may_be_empty=True, may_shrink=True),
    # Only of what was frozen lately.
    "forecast_accuracy": Mart(forecast_accuracy.KEY, forecast_accuracy.suite, may_be_empty=True, may_shrink=True),
    "forecasts_monthly": Mart(forecasts_monthly.KEY, forecasts_monthly.suite, months_by=SCOPE),
    "forecast_calibration": Mart(
        forecast_calibration.KEY, forecast_calibration.suite, may_be_empty=True, may_shrink=True
    ),
    "cash_forecast_outcomes": Mart(
        cash_forecast_outcomes.KEY, cash_forecast_outcomes.suite, may_be_empty=True, may_shrink=True
    ),
    "frozen_cash_forecasts": Mart(
        frozen_cash_forecasts.KEY, frozen_cash_forecasts.suite, may_be_empty=True, may_shrink=True
    ),
    "kpi_restatements": Mart(("month_end", "scope", "kpi_id"), may_be_empty=True, may_shrink=True),
    "kpi_restatement_causes": Mart(("month_end", "scope", "kpi_id", "kind"), may_be_empty=True, may_shrink=True),
}


def arrival_suites(contract: Contract, arrival: Arrival, landed: Set[str]) -> dict[str, list[Expectation]]:
    """Return the suites of landed tables.

    Args:
        contract: the raw contract.
        arrival: what the expectations depend on besides the contract.
        landed: the tables that have rows; of the others only the columns are checked.

    Returns:
        Expectations by table, every table of the contract.
    """
    suites = {}
    for table in contract.tables:
        suite = expectations_of(table, contract, arrival) if table.name in landed else [columns_as_agreed(table)]
        specific = ARRIVALS.get(table.name)
        suites[table.name] = suite + (specific(table, arrival) if specific else [])
    return suites


def hand_over_suites(hand_over: HandOver) -> dict[str, list[Expectation]]:
    """Return the suites of marts.

    Args:
        hand_over: what the expectations depend on.

    Returns:
        Expectations by mart.
    """
    return {name: _hand_over_suite(name, mart, hand_over) for name, mart in MARTS.items()}


def _hand_over_suite(name: str, mart: Mart, hand_over: HandOver) -> list[Expectation]:
    suite = [] if mart.may_be_empty else [is_not_empty()]
    suite += [has_unique_key(name, mart.key)] if mart.key else []
    suite += [] if mart.may_shrink else keeps_its_rows(name, hand_over)
    if mart.months_by:
        suite += [
            has_every_month(name, mart.months_by, mart.months_where),
            reaches_the_month_of(name, hand_over.as_of),
        ]
    return suite + mart.suite(hand_over)
