"""The KPI as published, and the parts it is made of: what each customer or open item adds to it.

Here: reading them, and the one rule that dim_kpis states of all KPIs: value = scale x numerator / denominator.
Not here: what a part is (the marts that dim_kpis names), lists of customers (customers.py), of items (invoices.py).
"""

from dataclasses import dataclass
from math import fsum

from duebook.publication.reader import Published
from explain import one_customer, one_value
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
    if question.level.customer_id:
        return _figure_of_customer(published, question)
    dimension, value = question.level.dimension_value
    if dimension is not None and value is not None:
        return Figure(*one_value.figure_of(published, question.kpi.kpi_id, question.month_end, dimension, value))
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


def _figure_of_customer(published: Published, question: Question) -> Figure:
    kpi, at = question.kpi, [question.month_end, question.level.customer_id]
    columns = one_customer.row_of(published, question.level.customer_id, question.month_end)
    [(numerator, denominator)] = published.rows(
        "select {numerator}, {denominator} from {marts}.{mart} where month_end = ? and customer_id = ?",
        at,
        mart=one_customer.MART,
        numerator=as_double(kpi.numerator_columns),
        denominator=as_double(kpi.denominator_columns),
    )
    reason = columns[one_customer.REASONS[kpi.kpi_id]]
    return Figure(columns[kpi.kpi_id], reason, columns["is_complete"], numerator, denominator, columns)


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
    rows = (
        _parts_of_value(published, question)
        if question.level.dimension_value[0]
        else published.rows(
            "select customer_id, {numerator}, {denominator} from {marts}.{mart}"
            " where month_end = $month_end and scope = $scope and ($customer_id is null or customer_id = $customer_id)",
            {
                "month_end": question.month_end,
                "scope": question.level.scope_of_parts,
                "customer_id": question.level.customer_id,
            },
            mart=kpi.customers_mart,
            numerator=as_double(kpi.parts_numerator),
            denominator=as_double(kpi.parts_denominator or "null"),
        )
    )
    numerators = {customer_id: numerator for customer_id, numerator, _ in rows if numerator}
    if figure.value is None:
        return Parts(numerators, None)
    if kpi.parts_denominator is None:
        # No ratio of sums: shared out in proportion to the numerators.
        return Parts(numerators, figure.value / fsum(numerators.values()) if figure.value else 0.0)
    return Parts(numerators, kpi.scale / fsum(denominator for *_, denominator in rows))


def _parts_of_value(published: Published, question: Question) -> list[tuple]:
    """Read what each customer's documents of one value add: a customer may have documents of several."""
    kpi, (dimension, value) = question.kpi, question.level.dimension_value
    return published.rows(
        "select customer_id, sum({numerator}), sum({denominator}) from {marts}.{mart} as items"
        f" where month_end = $month_end and scope = $scope and {one_value.OF_VALUE} group by customer_id",
        {
            "month_end": question.month_end,
            "scope": question.level.scope_of_parts,
            "dimension": dimension,
            "value": value,
        },
        mart=str(kpi.open_items_mart),
        numerator=as_double(str(kpi.parts_numerator)),
        denominator=as_double(str(kpi.parts_denominator)),
    )
