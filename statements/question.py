"""The question: which customers, and which period. All is looked up in the publication; what isn't there is an error.

Here: finding them. Not here: options (cli/statement.py), the answer (answer.py).
"""

from dataclasses import dataclass
from datetime import date

from duebook.publication.misspelt import meant
from duebook.publication.reader import Published
from duebook.spelling import answer

# Asks for the customers of every segment.
ALL = "all"
# Cash nobody has been found for yet is an account, too, and nobody to write to; asked for by its name only.
UNIDENTIFIED = "unidentified"


class WrongQuestionError(RuntimeError):
    """There is no such customer, segment or period; the message says what there is."""


@dataclass(frozen=True)
class Period:
    """The days of a statement, both included."""

    first: date
    last: date


def find_period(published: Published, first: date | None, last: date | None) -> Period:
    """Return the period that is meant.

    Args:
        published: the publication.
        first: its first day; None: the first of the last day's month.
        last: its last day; None: the as-of day of the publication.

    Raises:
        WrongQuestionError: it ends before it begins, after the publication's as-of day, or before the ledger begins.
    """
    [(begins, as_of)] = published.rows("select min(date_day), max(date_day) from {marts}.receivables_daily")
    if as_of is None:
        raise WrongQuestionError("The publication has no ledger: nothing has been invoiced or paid.")
    if last is not None and last > as_of:
        raise WrongQuestionError(
            f"The period ends on {last}, and the publication knows the ledger up to {as_of}: give that day or an"
            " earlier one, or refresh first."
        )
    last = last or as_of
    if last < begins:
        raise WrongQuestionError(f"The period ends on {last}, before the ledger begins: its first day is {begins}.")
    first = first or last.replace(day=1)
    if first > last:
        raise WrongQuestionError(f"The period begins on {first}, after it ends: its last day is {last}.")
    return Period(first, last)


def find_customer(published: Published, asked: str) -> str:
    """Return the id of the customer that is meant.

    Raises:
        WrongQuestionError: there is no such customer.
    """
    asked = asked.strip()
    if published.rows("select 1 from {marts}.dim_customers where customer_id = ?", [asked]):
        return asked
    [(count,)] = published.rows("select count(*) from {marts}.dim_customers")
    like = meant(published, asked, "dim_customers", "customer_id")
    raise WrongQuestionError(f"There is no customer {asked!r} among the {count:,} of the publication.{like}")


def customers_of(published: Published, segment: str) -> list[str]:
    """Return the ids of a segment's customers; of all segments for `all`.

    Raises:
        WrongQuestionError: there is no such segment.
    """
    segment = segment.strip()
    segments = [
        name for (name,) in published.rows("select distinct segment from {marts}.dim_customers order by segment")
    ]
    if segment in segments:
        chosen = [segment]
    elif segment.lower() == ALL:
        chosen = [name for name in segments if name != UNIDENTIFIED]
    else:
        raise WrongQuestionError(answer(segment, [*segments, ALL], "segment"))
    return [
        customer_id
        for (customer_id,) in published.rows(
            "select customer_id from {marts}.dim_customers where segment in (select unnest($1)) order by customer_id",
            [chosen],
        )
    ]
