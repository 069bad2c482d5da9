"""The customers that contribute to a KPI: each one's contribution now and a month before.

Here: listing them. Not here: reading what each adds (parts.py), open items (invoices.py).
"""

from dataclasses import dataclass

from duebook.publication.reader import Published
from explain.parts import Figure, read_figure, read_parts
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


def read_customers(published: Published, question: Question, figure: Figure) -> Customers | None:
    """Read which customers contribute to the KPI.

    Args:
        published: the publication.
        question: what is asked.
        figure: the KPI as published.

    Returns:
        None if the KPI's parts are not stored.
    """
    now = read_parts(published, question, figure)
    if now is None:
        return None
    earlier = question.month_before
    then = read_parts(published, earlier, read_figure(published, earlier)) if earlier else None
    names = dict(published.rows("select customer_id, customer_name from {marts}.dim_customers"))
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
