"""The whole explanation of one figure, put together and checked.

Here: the parts of an answer, and that they add up. Not here: how it reads (terminal.py, cli/explain.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

from duebook.publication.reader import Published
from explain.changes import Change, read_change
from explain.countback import COUNTBACK, countback_in_numbers, read_counted_months
from explain.customers import Customer, read_customers
from explain.formula import formula_in_names, formula_in_numbers, sums_in_numbers
from explain.invoices import OpenItem, read_open_items
from explain.parts import Figure, read_figure
from explain.question import Question, WrongQuestionError
from explain.restatements import Restatement, read_restatement

# Relative to the largest term: what adding many floating-point numbers may lose, and no more.
TOLERANCE = 1e-9


class DoesNotAddUpError(RuntimeError):
    """The parts of a figure don't add up to it: the publication has an error."""


@dataclass(frozen=True)
class Explanation:
    """One figure, explained. Contributions, causes and values are in the KPI's own unit.

    Attributes:
        kpi_id: the KPI; kpi_name, formula (in words) and unit are those of dim_kpis.
        level: what it is the KPI of, e.g. `segment:retail`.
        month_end: last day of the month.
        is_complete: False while the month is still running.
        value: the figure; None where it is null.
        reason: why it is null.
        numerator: of the scorecard; so is denominator.
        formula_in_names: the formula in the names of the mart's columns; formula_in_numbers: with its numbers put in.
        sums_in_numbers: the formula's columns that are sums of others, with their numbers put in.
        customers: the customers that contribute to it, the largest first; None if the KPI's parts are not stored.
        open_items: the invoices, receipts and memos that contribute to it, of one customer if one was asked for; None
            if the KPI is not computed from them.
        change: why it changed since the month before; None if the causes are not stored.
        restatement: the figure reported for the month, and why today's differs; None if it doesn't differ.
    """

    kpi_id: str
    kpi_name: str
    unit: str
    level: str
    month_end: date
    is_complete: bool
    value: float | None
    reason: str | None
    numerator: float | None
    denominator: float | None
    formula: str
    formula_in_names: str
    formula_in_numbers: str
    sums_in_numbers: list[str]
    customers: list[Customer] | None
    open_items: list[OpenItem] | None
    change: Change | None
    restatement: Restatement | None


def explain(published: Published, question: Question, customer_id: str | None = None) -> Explanation:
    """Explain a figure.

    Args:
        published: the publication.
        question: what is asked.
        customer_id: list this customer's open items only.

    Raises:
        WrongQuestionError: the customer has no part in the KPI.
        DoesNotAddUpError: contributions don't add up to the KPI, or causes to its change.
    """
    kpi, figure = question.kpi, read_figure(published, question)
    customers = read_customers(published, question, figure)
    if customer_id and customers and customer_id not in {one.customer_id for one in customers.listed}:
        place = f"{kpi.kpi_id} of {question.level.scope} in {question.month_end:%Y-%m}"
        raise WrongQuestionError(f"Customer {customer_id!r} has no part in {place}.")
    items = read_open_items(published, question, customers.per_unit, customer_id) if customers else None
    change = read_change(published, question)
    explanation = Explanation(
        kpi_id=kpi.kpi_id,
        kpi_name=kpi.kpi_name,
        unit=kpi.unit,
        level=question.level.scope,
        month_end=question.month_end,
        is_complete=figure.is_complete,
        value=figure.value,
        reason=figure.reason,
        numerator=figure.numerator,
        denominator=figure.denominator,
        formula=kpi.formula,
        formula_in_names=formula_in_names(kpi),
        formula_in_numbers=_formula_in_numbers(published, question, figure),
        sums_in_numbers=sums_in_numbers(kpi, figure.columns),
        customers=customers.listed if customers else None,
        open_items=items,
        change=change,
        restatement=read_restatement(published, question),
    )
    _check(explanation, customer_id)
    return explanation


def _formula_in_numbers(published: Published, question: Question, figure: Figure) -> str:
    if question.kpi.kpi_id == COUNTBACK:
        return countback_in_numbers(read_counted_months(published, question))
    return formula_in_numbers(question.kpi, figure.columns)


def _check(explanation: Explanation, customer_id: str | None) -> None:
    if explanation.value is not None:
        whole = explanation.value
        if explanation.customers is not None:
            _adds_up("The customers' contributions", [one.contribution for one in explanation.customers], whole)
        if explanation.open_items is not None:
            if customer_id:
                whole = next(one.contribution for one in explanation.customers if one.customer_id == customer_id)
            _adds_up("The open items' contributions", [one.contribution for one in explanation.open_items], whole)
    if explanation.change and not explanation.change.reason:
        _adds_up("The causes", list(explanation.change.causes.values()), explanation.change.value_change)


def _adds_up(what: str, terms: Sequence[float], whole: float) -> None:
    if abs(fsum(terms) - whole) > TOLERANCE * max(1.0, abs(whole), *map(abs, terms)):
        raise DoesNotAddUpError(f"{what} add up to {fsum(terms)}, not to {whole}.")
