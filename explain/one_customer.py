"""KPIs of one customer, the level `customer:C`: which there are, in which months, and the figure.

Here: reading the mart customer_kpis_monthly, whose columns are called as those of the marts of levels. Not here: the
customers and open items behind a figure (customers.py, invoices.py), which are the customer itself and its items.
"""

from datetime import date

from duebook.publication.reader import Published

MART = "customer_kpis_monthly"
LEVEL = "customer"
PREFIX = f"{LEVEL}:"
# The KPIs a customer has, and the column that says why one is null.
REASONS = {
    "average_days_delinquent": "reason",
    "average_days_late": "reason_days_late",
    "best_possible_dso": "reason",
    "collection_rate": "reason_collection_rate",
    "delinquency_rate_amount": "reason_delinquency",
    "delinquency_rate_count": "reason_delinquency_count",
    "dso": "reason",
    "dso_countback": "reason_countback",
    "dso_gross": "reason",
}


def customer_of(scope: str) -> str | None:
    """Return the customer of a scope; None where it is of all of a level."""
    return scope.removeprefix(PREFIX) if scope.startswith(PREFIX) else None


def months_of(published: Published, customer_id: str) -> list[tuple[date, bool]]:
    """List the months that a customer has figures of, oldest first, and whether each is over."""
    return published.rows(
        "select month_end, is_complete from {marts}.{mart} where customer_id = ? order by month_end",
        [customer_id],
        mart=MART,
    )


def row_of(published: Published, customer_id: str, month_end: date) -> dict[str, object]:
    """Read a customer's month by column."""
    [columns] = published.records(
        "select * from {marts}.{mart} where month_end = ? and customer_id = ?", [month_end, customer_id], mart=MART
    )
    return columns
