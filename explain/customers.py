"""The customers that contribute to a KPI: each one's contribution now and a month before.

Here: reading stored parts. Not here: storing them (the mart kpi_contributions_monthly), open items (invoices.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import fsum

import duckdb

from explain.parts import ACCOUNTS_MART, Figure, days_of, numerator_and_denominator, per_unit, read_figure
from explain.question import Question


@dataclass(frozen=True)
class Customer:
    """What one customer adds to the KPI, in the KPI's own unit; None where the KPI is null.

    Attributes:
        customer_id: the customer.
        customer_name: as far as it may be shown.
        numerator: its part of the KPI's numerator.
        contribution: what that adds to the KPI.
        previous_contribution: what it added a month before; None where there is no such month.
    """

    customer_id: str
    customer_name: str | None
    numerator: float
    contribution: float | None
    previous_contribution: float | None


@dataclass(frozen=True)
class Customers:
    """All customers that contribute to the KPI.

    Attributes:
        listed: every customer with a part in this month or the one before, the largest first.
        per_unit: what a unit of the numerator contributes to the KPI; None where the KPI is null.
    """

    listed: list[Customer]
    per_unit: float | None


@dataclass(frozen=True)
class Parts:
    """Numerators by customer or open item, and what a unit of them contributes."""

    numerators: Mapping
    per_unit: float | None

    def contribution(self, key: object) -> float | None:
        """What one adds to the KPI."""
        return None if self.per_unit is None else self.per_unit * self.numerators.get(key, 0.0)


def read_customers(published: duckdb.DuckDBPyConnection, question: Question, figure: Figure) -> Customers | None:
    """Read which customers contribute to the KPI.

    Args:
        published: the publication.
        question: what is asked.
        figure: the KPI as published.

    Returns:
        None if the KPI's parts are not stored.
    """
    now = _parts(published, question, figure)
    if now is None:
        return None
    earlier = question.month_before
    then = _parts(published, earlier, read_figure(published, earlier)) if earlier else None
    names = dict(published.execute("select customer_id, customer_name from marts.dim_customers").fetchall())
    customers = [
        Customer(
            key,
            names.get(key),
            now.numerators.get(key, 0.0),
            now.contribution(key),
            then.contribution(key) if then else None,
        )
        for key in {*now.numerators, *(then.numerators if then else ())}
    ]
    customers.sort(key=lambda one: (-abs(one.numerator), -abs(one.previous_contribution or 0), one.customer_id))
    return Customers(customers, now.per_unit)


def _parts(published: duckdb.DuckDBPyConnection, question: Question, figure: Figure) -> Parts | None:
    if not question.kpi.is_explained:
        return None
    if question.kpi.mart == ACCOUNTS_MART:
        return _accounts(published, question, figure)
    rows = published.execute(
        numerator_and_denominator(question, CUSTOMER_PARTS, "customer_id"),
        {
            **days_of(published, question),
            "company_id": question.level.company_id,
            "segment": question.level.segment,
            "month_end": question.month_end,
            "opening": question.before(1) or date.min,
            "opening_3m": question.before(3) or date.min,
            "opening_12m": question.before(12) or date.min,
        },
    ).fetchall()
    unit = per_unit(question, figure, fsum(row[1] for row in rows), fsum(row[2] for row in rows))
    return Parts({key: numerator for key, numerator, _ in rows if numerator}, unit)


def _accounts(published: duckdb.DuckDBPyConnection, question: Question, figure: Figure) -> Parts:
    level = question.level
    rows = published.execute(
        "select distinct customer_id from marts.active_accounts_monthly where month_end = $month_end"
        " and ($team is null or team = $team) and ($employee_id is null or employee_id = $employee_id)",
        {"month_end": question.month_end, "team": level.team, "employee_id": level.employee_id},
    ).fetchall()
    staff = figure.columns[question.kpi.denominator_columns]
    unit = None if figure.value is None else question.kpi.scale / float(staff)
    return Parts({customer_id: 1.0 for (customer_id,) in rows}, unit)


# A customer's parts over all the companies of the level; the opening balances are those of the months before.
CUSTOMER_PARTS = """
    select
        customer_id,
        coalesce(sum(receivables) filter (where month_end = $month_end), 0) as receivables,
        coalesce(sum(receivables) filter (where month_end = $opening), 0) as opening_receivables,
        coalesce(sum(receivables) filter (where month_end = $opening_3m), 0) as opening_receivables_3m,
        coalesce(sum(open_invoices) filter (where month_end = $month_end), 0) as open_invoices,
        coalesce(sum(open_invoices) filter (where month_end = $opening), 0) as opening_open_invoices,
        coalesce(sum(past_due_receivables) filter (where month_end = $month_end), 0) as past_due_receivables,
        coalesce(sum(serious_receivables) filter (where month_end = $month_end), 0) as serious_receivables,
        coalesce(sum(net_credit_sales) filter (where month_end = $month_end), 0) as net_credit_sales,
        coalesce(sum(net_credit_sales) filter (where month_end > $opening_3m), 0) as net_credit_sales_3m,
        coalesce(sum(net_credit_sales) filter (where month_end > $opening_12m), 0) as net_credit_sales_12m,
        coalesce(sum(taken_over) filter (where month_end = $month_end), 0) as taken_over,
        coalesce(sum(taken_over) filter (where month_end > $opening_3m), 0) as taken_over_3m,
        coalesce(sum(cash_received) filter (where month_end = $month_end), 0) as cash_received,
        coalesce(sum(cash_applied_to_opening) filter (where month_end = $month_end), 0) as cash_applied_to_opening,
        coalesce(sum(open_invoice_count) filter (where month_end = $month_end), 0) as open_invoice_count,
        coalesce(sum(past_due_invoice_count) filter (where month_end = $month_end), 0) as past_due_invoice_count,
        coalesce(sum(open_invoice_count) filter (where month_end = $month_end) > 0, false)::integer as open_accounts,
        coalesce(sum(past_due_invoice_count) filter (where month_end = $month_end) > 0, false)::integer
            as past_due_accounts
    from marts.kpi_contributions_monthly
    where
        month_end between $opening_12m and $month_end
        and ($company_id is null or company_id = $company_id)
        and ($segment is null or segment = $segment)
    group by customer_id
"""
