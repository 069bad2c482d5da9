"""The open items that contribute to a KPI: invoices, overpayments, and receipts and memos that are not applied.

Here: listing them; for a past month they are those of that month's end. Not here: what each adds (the mart that
dim_kpis names), customers (customers.py).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duebook.publication.reader import Published
from explain.formula import as_double
from explain.one_value import OF_VALUE
from explain.question import Question


@dataclass(frozen=True)
class OpenItem:
    """What one open item adds to the KPI, in the KPI's own unit; None where the KPI is null.

    Attributes:
        item_type: `invoice`, `receipt`, `credit_memo` or `overpayment` (of the invoice with the id).
        item_id: its id.
        customer_id: whose it is.
        company_id: whose books it is in.
        due_date: the oldest due date with a balance; None where it has none.
        currency_code: the currency of its balance.
        balance: at the month's end; all but invoices have negative ones.
        numerator: its part of the KPI's numerator.
        contribution: what that adds to the KPI.
    """

    item_type: str
    item_id: str
    customer_id: str
    company_id: str
    due_date: date | None
    currency_code: str
    balance: Decimal
    numerator: float
    contribution: float | None


def read_open_items(
    published: Published,
    question: Question,
    per_unit: float | None,
    customer_id: str | None = None,
) -> list[OpenItem] | None:
    """List the open items with a part in the KPI's numerator, the largest first.

    Args:
        published: the publication.
        question: what is asked.
        per_unit: what a unit of the numerator contributes to the KPI; None where the KPI is null.
        customer_id: list this customer's items only.

    Returns:
        None where the KPI isn't made of open items.
    """
    kpi = question.kpi
    if kpi.open_items_mart is None:
        return None
    dimension, value = question.level.dimension_value
    of_value = f" and {OF_VALUE}" if dimension else ""
    rows = published.rows(
        "select * from (select item_type, item_id, customer_id, company_id, due_date, currency_code, balance,"
        " {numerator} as numerator from {marts}.{mart} as items"
        " where month_end = $month_end and scope = $scope and ($customer_id is null or customer_id = $customer_id)"
        f"{of_value})"
        " where numerator <> 0 order by abs(numerator) desc, item_type, item_id",
        {
            "month_end": question.month_end,
            "scope": question.level.scope_of_parts,
            "customer_id": customer_id or question.level.customer_id,
            **({"dimension": dimension, "value": value} if dimension else {}),
        },
        mart=kpi.open_items_mart,
        numerator=as_double(kpi.parts_numerator),
    )
    return [OpenItem(*row, None if per_unit is None else per_unit * row[-1]) for row in rows]
