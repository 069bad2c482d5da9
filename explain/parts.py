"""The parts of a KPI's numerator and denominator by customer or open item.

Here: the SQL that both lists share. Not here: the parts of customers (customers.py) and of open items (invoices.py).
A list of parts has the base columns below, in reporting currency. The marts' other columns are derived from them, so a
KPI's numerator and denominator, which dim_kpis has as SQL over a mart's columns, can be computed from the parts.
"""

from dataclasses import dataclass

import duckdb

from explain.question import Question

COUNTBACK = "dso_countback"
# The mart whose KPIs are computed from accounts only.
ACCOUNTS_MART = "accounts_per_employee_monthly"

BASE_COLUMNS = (
    *("receivables", "opening_receivables", "opening_receivables_3m", "open_invoices", "opening_open_invoices"),
    *("past_due_receivables", "serious_receivables", "net_credit_sales", "net_credit_sales_3m", "net_credit_sales_12m"),
    *("taken_over", "taken_over_3m", "cash_received", "cash_applied_to_opening", "open_invoice_count"),
    *("past_due_invoice_count", "open_accounts", "past_due_accounts"),
)
DERIVED_COLUMNS = {
    "current_receivables": "receivables - past_due_receivables",
    "current_invoices": "open_invoices - past_due_receivables",
    "collected": "opening_receivables + net_credit_sales + taken_over - receivables",
    "collectible": "collected + past_due_receivables",
    "collected_3m": "opening_receivables_3m + net_credit_sales_3m + taken_over_3m - receivables",
    "collectible_3m": "collected_3m + past_due_receivables",
}
DAYS = ("days", "days_3m", "days_12m")


@dataclass(frozen=True)
class Figure:
    """The KPI as published: a row of its mart by column, and of the scorecard."""

    value: float | None
    reason: str | None
    is_complete: bool
    numerator: float | None
    denominator: float | None
    columns: dict[str, object]


def read_figure(published: duckdb.DuckDBPyConnection, question: Question) -> Figure:
    """Read the KPI that is asked about."""
    at = [question.month_end, question.level.scope]
    [row] = published.execute(
        "select value, reason, is_complete, numerator, denominator from marts.scorecard_monthly"
        " where month_end = ? and scope = ? and kpi_id = ?",
        [*at, question.kpi.kpi_id],
    ).fetchall()
    cursor = published.execute(f"select * from marts.{question.kpi.mart} where month_end = ? and scope = ?", at)
    names = [column[0] for column in cursor.description]
    return Figure(*row, dict(zip(names, cursor.fetchone(), strict=True)))


def numerator_and_denominator(question: Question, parts: str, keys: str) -> str:
    """Make the SQL of each part's numerator and denominator, as doubles.

    Args:
        question: what is asked.
        parts: a query with the key columns and BASE_COLUMNS, a row a part; it may use the parameters of `days_of`.
        keys: the key columns, separated by commas.

    Returns:
        A query with the keys, numerator and denominator; countback DSO goes by receivables.
    """
    derived = ", ".join(f"{sql} as {name}" for name, sql in DERIVED_COLUMNS.items())
    days = ", ".join(f"${name}::integer as {name}" for name in DAYS)
    numerator, denominator = question.kpi.numerator_columns, question.kpi.denominator_columns
    if question.kpi.kpi_id == COUNTBACK:
        numerator, denominator = "receivables", "receivables"
    return f"""
        with parts as ({parts}),
        named as (select *, {derived}, {days} from parts)
        select {keys}, ({numerator})::double as numerator, ({denominator})::double as denominator from named
    """


def days_of(published: duckdb.DuckDBPyConnection, question: Question) -> dict[str, int]:
    """Read the days of the month and of the trailing windows that end with it."""
    row = published.execute(
        f"select {', '.join(DAYS)} from marts.dso_monthly where month_end = ? and scope = ?",
        [question.month_end, question.level.scope],
    ).fetchone()
    return dict(zip(DAYS, row, strict=True))


def per_unit(question: Question, figure: Figure, numerator: float, denominator: float) -> float | None:
    """Say what a unit of the numerator contributes to the KPI.

    Args:
        question: what is asked.
        figure: the KPI as published.
        numerator: the sum of all parts' numerators.
        denominator: the sum of all parts' denominators.

    Returns:
        None where the KPI is null. Countback DSO is divided by receivables, because it has no denominator.
    """
    if figure.value is None:
        return None
    if question.kpi.kpi_id == COUNTBACK:
        return figure.value / numerator if figure.value else 0.0
    return question.kpi.scale / denominator
