"""The KPI as published, and the parts it is made of: what each customer or open item adds to it.

Here: reading them, and the one rule that dim_kpis states of all KPIs: value = scale x numerator / denominator.
Not here: what a part is (the marts that dim_kpis names), lists of customers (customers.py), of items (invoices.py).
"""

from dataclasses import dataclass
from math import fsum

from duebook.publication.reader import Published
from explain.formula import as_double
from explain.question import Question


@dataclass(frozen=True)
class Figure:
    """The KPI as published: a row of its mart by column, and of the scorecard."""

    value: float | None
    reason: str | None
    is_complete: bool
    numerator: float | None
    denominator: float | None
    columns: dict[str, object]


@dataclass(frozen=True)
class Parts:
    """Numerators by customer, and what a unit of them contributes to the KPI; None where the KPI is null."""

    numerators: dict[str, float]
    per_unit: float | None

    def contribution(self, customer_id: str) -> float | None:
        """What a customer adds to the KPI."""
        return None if self.per_unit is None else self.per_unit * self.numerators.get(customer_id, 0.0)


def read_figure(published: Published, question: Question) -> Figure:
    """Read the KPI that is asked about."""
    at = [question.month_end, question.level.scope]
    [row] = published.rows(
        "select value, reason, is_complete, numerator, denominator from {marts}.scorecard_monthly"
        " where month_end = ? and scope = ? and kpi_id = ?",
        [*at, question.kpi.kpi_id],
    )
    [columns] = published.records(
        "select * from {marts}.{mart} where month_end = ? and scope = ?", at, mart=question.kpi.mart
    )
    return Figure(*row, columns)


def read_parts(published: Published, question: Question, figure: Figure) -> Parts | None:
    """Read what each customer adds to the KPI.

    Args:
        published: the publication.
        question: what is asked.
        figure: the KPI as published.

    Returns:
        None if the KPI's parts are not stored.
    """
    kpi = question.kpi
    if kpi.customers_mart is None:
        return None
    rows = published.rows(
        "select customer_id, {numerator}, {denominator} from {marts}.{mart} where month_end = ? and scope = ?",
        [question.month_end, question.level.scope],
        mart=kpi.customers_mart,
        numerator=as_double(kpi.parts_numerator),
        denominator=as_double(kpi.parts_denominator or "null"),
    )
    numerators = {customer_id: numerator for customer_id, numerator, _ in rows if numerator}
    if figure.value is None:
        return Parts(numerators, None)
    if kpi.parts_denominator is None:
        # No ratio of sums: shared out in proportion to the numerators.
        return Parts(numerators, figure.value / fsum(numerators.values()) if figure.value else 0.0)
    return Parts(numerators, kpi.scale / fsum(denominator for *_, denominator in rows))
