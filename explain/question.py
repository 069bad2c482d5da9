"""The question: a KPI, a month, a level. Each is looked up in the publication; unknown ones are an error.

Here: finding them, and messages that list what the publication has. Not here: the answer (answer.py).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from duebook.publication.reader import Published
from duebook.spelling import did_you_mean, nearest
from explain import one_customer, one_value

PORTFOLIO = "portfolio"
# As users write a company and a segment together; scopes have a bar, which shells would take for a pipe.
BETWEEN_MEMBERS = "/"


class WrongQuestionError(ValueError):
    """The publication has no such KPI, month or level; the message says what it has."""


@dataclass(frozen=True)
class Kpi:
    """A row of dim_kpis: the KPI in words, and as SQL over the columns of its mart.

    Attributes:
        numerator_sum, denominator_sum: where one of them is a sum of other columns, the sum; else None.
        customers_mart: the mart with its parts by customer; None where they are not kept.
        open_items_mart: the mart with its parts by open item; None where open items add nothing to it.
        parts_numerator, parts_denominator: as SQL over the columns of those marts.
    """

    kpi_id: str
    kpi_name: str
    formula: str
    scale: int
    unit: str
    mart: str
    numerator_columns: str
    denominator_columns: str
    numerator_sum: str | None
    denominator_sum: str | None
    customers_mart: str | None
    open_items_mart: str | None
    parts_numerator: str | None
    parts_denominator: str | None


@dataclass(frozen=True)
class Level:
    """A scope of the marts and what it is made of; what it does not have is None."""

    level: str
    scope: str
    company_id: str | None
    segment: str | None
    team: str | None
    employee_id: str | None

    @property
    def customer_id(self) -> str | None:
        """The customer, where it is the level of one."""
        return one_customer.customer_of(self.scope)

    @property
    def dimension_value(self) -> tuple[str | None, str | None]:
        """The declared dimension and its value, where it is the level of one."""
        return one_value.value_of(self.level, self.scope)

    @property
    def scope_of_parts(self) -> str:
        """The scope in which parts of KPIs stand: those of one customer or one value are among everybody's."""
        return PORTFOLIO if self.customer_id or self.dimension_value[0] else self.scope


@dataclass(frozen=True)
class Question:
    """One KPI of one month at one level.

    Attributes:
        kpi: the KPI.
        level: the level.
        months: month ends the KPI is there for at this level, oldest first; the last is the one asked about.
    """

    kpi: Kpi
    level: Level
    months: tuple[date, ...]

    @property
    def month_end(self) -> date:
        """The last day of the month that is asked about."""
        return self.months[-1]

    @property
    def month_before(self) -> "Question | None":
        """The same question of the calendar month before; None where there is none, as of a team that wasn't there."""
        if len(self.months) < 2 or self.months[-2] != self.month_end.replace(day=1) - timedelta(days=1):
            return None
        return Question(self.kpi, self.level, self.months[:-1])


def find_question(published: Published, kpi_id: str, month: str | None, level: str) -> Question:
    """Look up what is asked.

    Args:
        published: the publication.
        kpi_id: the KPI's id.
        month: `YYYY-MM`; None: the last month that is over, or else the running one.
        level: `portfolio`, `company:X`, `segment:Y`, `company_segment:X/Y`, `team:T`, `employee:E`, `customer:C`, or a
            declared dimension and its value.

    Raises:
        WrongQuestionError: one of them is not there.
    """
    kpi = _find_kpi(published, kpi_id)
    _refuse_what_is_gone(published, kpi, month, level)
    found = (
        _find_customer(published, kpi, level)
        or _find_value(published, kpi, level)
        or _find_level(published, kpi, level)
    )
    rows = _months_of(published, kpi_id, found)
    month_end = _find_month(month, dict(rows))
    return Question(kpi, found, tuple(day for day, _ in rows if day <= month_end))


def _months_of(published: Published, kpi_id: str, level: Level) -> list[tuple[date, bool]]:
    if level.customer_id:
        return one_customer.months_of(published, level.customer_id)
    dimension, value = level.dimension_value
    if dimension is not None and value is not None:
        return one_value.months_of(published, kpi_id, dimension, value)
    return published.rows(
        "select month_end, is_complete from {marts}.scorecard_monthly"
        " where kpi_id = ? and scope = ? order by month_end",
        [kpi_id, level.scope],
    )


def _find_kpi(published: Published, kpi_id: str) -> Kpi:
    columns = ", ".join(Kpi.__dataclass_fields__)
    rows = published.rows("select {columns} from {marts}.dim_kpis order by kpi_id", columns=columns)
    kpis = {row[0]: Kpi(*row) for row in rows}
    if not kpi_id:
        raise WrongQuestionError(f"Which KPI? There are: {', '.join(kpis)}.")
    if kpi_id not in kpis:
        raise WrongQuestionError(_not_there("KPI", kpi_id, kpis))
    return kpis[kpi_id]


def _find_customer(published: Published, kpi: Kpi, asked: str) -> Level | None:
    """Return the level of one customer; None if another is asked for."""
    customer_id = one_customer.customer_of(asked.strip())
    if customer_id is None:
        return None
    if not published.has(one_customer.MART):
        raise WrongQuestionError("An earlier version of Duebook published this: run `make refresh` once.")
    if kpi.kpi_id not in one_customer.REASONS:
        raise WrongQuestionError(_not_there("KPI of one customer", kpi.kpi_id, one_customer.REASONS))
    if not one_customer.months_of(published, customer_id):
        rows = published.rows("select customer_id from {marts}.dim_customers order by customer_id")
        near = nearest(customer_id, [name for (name,) in rows])
        meant = f" {did_you_mean(near).replace('did', 'Did', 1)}" if near else ""
        raise WrongQuestionError(f"Customer {customer_id!r} has no figures in any month.{meant}")
    return Level(one_customer.LEVEL, asked.strip(), None, None, None, None)


def _find_value(published: Published, kpi: Kpi, asked: str) -> Level | None:
    """Return the level of a value of a declared dimension; None if another is asked for."""
    dimension, _, value = asked.strip().partition(":")
    if dimension not in one_value.dimensions_of(published):
        return None
    kpis = one_value.kpis_of(published)
    if kpi.kpi_id not in kpis:
        raise WrongQuestionError(_not_there("KPI of a declared dimension", kpi.kpi_id, kpis))
    values = one_value.values_of(published, dimension)
    if value not in values or not one_value.months_of(published, kpi.kpi_id, dimension, value):
        raise WrongQuestionError(_not_there(f"value of {dimension}", value, [one for one in values if one != value]))
    return Level(dimension, asked.strip(), None, None, None, None)


def _find_level(published: Published, kpi: Kpi, asked: str) -> Level:
    rows = published.rows(
        "select distinct {columns} from {marts}.scorecard_monthly where kpi_id = ? order by all",
        [kpi.kpi_id],
        columns=", ".join(Level.__dataclass_fields__),
    )
    levels = {_as_asked(level): level for level in (Level(*row) for row in rows)}
    wanted = asked.strip().replace("|", BETWEEN_MEMBERS)
    if wanted not in levels:
        raise WrongQuestionError(_not_there(f"level of {kpi.kpi_id}", asked, levels))
    return levels[wanted]


def _refuse_what_is_gone(published: Published, kpi: Kpi, month: str | None, asked: str) -> None:
    """Raise an error with the reported figure, if the level had the KPI in this month and no longer has it."""
    if not published.has("kpi_restatements"):
        return
    rows = published.rows(
        "select month_end, reported_value, frozen_at, cause from {marts}.kpi_restatements"
        " where kpi_id = $kpi and scope = $scope and strftime(month_end, '%Y-%m') = $month"
        " and restated_reason = 'no_such_level'",
        {"kpi": kpi.kpi_id, "scope": asked.strip().replace(BETWEEN_MEMBERS, "|"), "month": month},
    )
    for month_end, reported_value, frozen_at, cause in rows:
        raise WrongQuestionError(
            f"{asked} has no {kpi.kpi_id} of {month_end:%Y-%m} any more:"
            f" {reported_value:,.6g} ({kpi.unit}) was reported, frozen on {frozen_at:%Y-%m-%d}. Restated by {cause}."
        )


def _as_asked(level: Level) -> str:
    return level.scope.replace("|", BETWEEN_MEMBERS)


def _find_month(asked: str | None, months: dict[date, bool]) -> date:
    over = [day for day, is_complete in months.items() if is_complete]
    if asked is None:
        return max(over or months)
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", asked):
        raise WrongQuestionError(f"MONTH is {asked!r}: expected a month as YYYY-MM.")
    for day in months:
        if f"{day:%Y-%m}" == asked:
            return day
    raise WrongQuestionError(
        f"There is no month {asked} for this KPI and level: there is {_spans([f'{day:%Y-%m}' for day in months])}."
    )


def _spans(months: Sequence[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]} ({len(months)} months)"


def _not_there(what: str, asked: str, there: Iterable[str]) -> str:
    names = list(there)
    near = nearest(asked, names)
    meant = f" {did_you_mean(near).replace('did', 'Did', 1)}" if near else ""
    return f"There is no {what} {asked!r}.{meant}\nThere are: {', '.join(names)}."
