"""The account of one customer: what it owes, how old that is, when it is expected, what was promised and said.

Here: rows of marts about the customers that have a page, cut to what a person reads. Not here: lists of customers
(customers.py, forecast.py, compliance.py).

A publication may hold more customers than a browser can load, so those have an account that another page names.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from dashboard.axes import Axes
from dashboard.customers import expected_of
from dashboard.forecast import FORECASTS
from dashboard.tables import as_table, by_key
from duebook.publication.forecast_words import STEPS
from duebook.publication.reader import Published

# Rows kept of a customer, and months of its history; the marts have them all.
ITEMS, PROMISES, CONTACTS, MONTHS = 12, 8, 10, 13

FACTS = """
    select
        customer_id as customer, risk.segment, country_code as country,
        payment_terms_days as terms, risk.risk_tier as tier, receivables, risk.past_due_receivables as past_due,
        risk.unapplied_credits as credits, risk.oldest_past_due_days as oldest, risk.credit_limit,
        credit_utilisation as used, days_late_3m, days_late_12m, share_paid_late as paid_late,
        broken_promises_12m as broken_promises, risk.open_disputes as disputes, warning_reasons as warnings,
        worklist.priority, worklist.money_at_risk, worklist.owner_employee_id as owner, worklist.allowed_channels,
        {expected}
    from {marts}.customer_risk as risk
    inner join {marts}.dim_customers using (customer_id)
    left join {marts}.collections_worklist as worklist using (customer_id)
    where customer_id in (select unnest($1))
"""
# Of customers that owe nothing past due, too.
OUTLOOKS = """
    select customer_id as customer, expected_loss, expected_late_money, early_warning
    from {marts}.customer_outlook
    where customer_id in (select unnest($1))
"""
OPEN_ITEMS = """
    select
        customer_id as customer, item_type as type, item_id as id, company_id as company, document_date as day,
        due_date as due, currency_code as currency, balance, balance_reporting, days_past_due, is_disputed as disputed,
        next_promise_date as promised_for
    from {marts}.open_items
"""
HABITS = """
    select
        customer_id as customer, habit_days_late as habit, own_invoices, weight_of_own_history as weight, basis
    from {marts}.payment_forecast
    where basis is not null
"""
FORECAST_PARTS = """
    select
        customer_id as customer, invoice_id as invoice, part, due_date as due, open_balance as open,
        currency_code as currency, expected_payment_date as expected, p10_date as p10, p90_date as p90, p_late_30,
        reason, {steps}
    from {marts}.payment_forecast
"""
PAYMENT_PROMISES = """
    select
        customer_id as customer, made_date as made, due_date as due, amount, currency_code as currency,
        invoice_id as invoice, is_kept as kept, cancelled_date as cancelled, received_date as received
    from {marts}.fct_promises
"""
CURVES = """
    select
        customer_id as customer, days_late, share_paid as own, share_paid_of_group as group_share,
        share_paid_of_everyone as everyone
    from {marts}.habit_curves
    where customer_id in (select unnest($1))
    order by customer_id, days_late
"""
LAST_CONTACTS = """
    select
        customer_id as customer, cast(occurred_at as date) as day, activity_id as contact, direction, channel, outcome,
        employee_id as employee, invoice_id as invoice, rules
    from {marts}.fct_activities
    left join (
        select activity_id, string_agg(rule_id, ', ' order by rule_id) as rules
        from {marts}.contact_findings
        where verdict = 'presumed_violation'
        group by activity_id
    ) as findings using (activity_id)
"""


def customers_named(worklist: dict[str, Any], largest: Iterable[dict[str, Any]], *tables: dict[str, list]) -> list[str]:
    """Return the ids of the customers that pages name: those to contact first, the largest, then those of the tables.

    Args:
        worklist: of `read_worklist`.
        largest: of `read_largest`.
        *tables: of `as_table`, with a column `customer`.
    """
    named = [row["id"] for row in (*worklist["top"], *largest)]
    for table in tables:
        if table["columns"]:
            at = table["columns"].index("customer")
            named += [row[at] for row in table["rows"]]
    return list(dict.fromkeys(named))


def read_customers(published: Published, named: Sequence[str]) -> dict[str, Any]:
    """Read the names of the customers that have an account, in the order given, and how many customers there are."""
    names = dict(published.rows("select customer_id, coalesce(customer_name, customer_id) from {marts}.dim_customers"))
    kept = [{"id": customer_id, "name": names.get(customer_id, customer_id)} for customer_id in named]
    return {"kept": {**as_table(kept), "columns": ["id", "name"]}, "there_are": len(names)}


def read_accounts(published: Published, axes: Axes, named: Sequence[str]) -> dict[str, Any]:
    """Read the accounts of customers.

    Args:
        published: the publication.
        axes: its axes.
        named: ids of the customers, in the order in which they can be chosen.

    Returns:
        Tables by customer; the last column of those that are cut, `there_are`, says how many rows the mart has.
    """
    named = list(named)
    accounts = {
        "facts": by_key(published.records(FACTS, [named], expected=expected_of(published)), "customer"),
        "items": _kept(
            published, named, OPEN_ITEMS, "days_past_due desc nulls last, balance_reporting desc nulls last, type, id",
            ITEMS,
        ),
        "aging": _aging(published, named),
        "history": _history(published, axes, named),
        "promises": _kept(published, named, PAYMENT_PROMISES, "made desc, due desc, invoice nulls last", PROMISES),
        "contacts": _kept(published, named, LAST_CONTACTS, "day desc, contact desc", CONTACTS),
    }  # fmt: skip
    if published.has(FORECASTS):
        parts = FORECAST_PARTS.replace("{steps}", ", ".join(STEPS))
        order = "expected nulls last, due nulls last, invoice, part"
        accounts["forecasts"] = _kept(published, named, parts, order, ITEMS)
        accounts["habits"] = _kept(published, named, HABITS, "basis", 1)
    if published.has("customer_outlook"):
        accounts["outlooks"] = by_key(published.records(OUTLOOKS, [named]), "customer")
    if published.has("habit_curves"):
        accounts["curves"] = by_key(published.records(CURVES, [named]), "customer")
    return accounts


def _kept(published: Published, named: Sequence[str], rows: str, order: str, limit: int) -> dict[str, Any]:
    return by_key(
        published.records(
            f"select *, count(*) over (partition by customer) as there_are from ({rows}) as them"
            " where customer in (select unnest($1))"
            f" qualify row_number() over (partition by customer order by {order}) <= $2 order by customer, {order}",
            [named, limit],
        ),
        "customer",
    )


def _aging(published: Published, named: Sequence[str]) -> dict[str, Any]:
    """Read the aging as of the day, by company and currency; amounts in transaction currency."""
    return by_key(
        published.records(
            "select customer_id as customer, * exclude (customer_id, month_end, segment, is_complete)"
            " from {marts}.aging_monthly where customer_id in (select unnest($1))"
            " and month_end = (select max(month_end) from {marts}.aging_monthly)"
            " order by customer_id, company_id, currency_code",
            [named],
        ),
        "customer",
    )


def _history(published: Published, axes: Axes, named: Sequence[str]) -> dict[str, Any]:
    """Read what was owed and past due at the last months' ends, in the reporting currency."""
    months = axes.months[-MONTHS:]
    return by_key(
        published.records(
            "select customer_id as customer, month_end as month, sum(receivables) as receivables,"
            " sum(past_due_receivables) as past_due"
            " from {marts}.kpi_contributions_monthly"
            " where customer_id in (select unnest($1)) and month_end in (select unnest($2))"
            " group by customer_id, month_end order by customer_id, month_end",
            [named, months],
        ),
        "customer",
    )
