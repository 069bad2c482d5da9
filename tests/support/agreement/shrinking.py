"""A failing landing made small enough to read: which rows are needed for a figure to disagree.

Here: leaving rows out, and the message. Not here: the comparison (comparing.py).
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import duckdb
import pytest

from tests.support.agreement.comparing import Disagreement, Oracle, disagreements
from tests.support.compiled_models import CompiledModels
from tests.support.oracle.landing import Landing
from tests.support.oracle.rates import MissingRateError


def of_the_ledger(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    """What the marts of balances say otherwise; items' balances on the as-of day and the first of its month."""
    as_of = oracle.ledger.as_of
    return disagreements(connection, oracle, [as_of, as_of.replace(day=1)])


def assert_agreement(
    models: CompiledModels,
    landing: Landing,
    known_as_of: date | None = None,
    comparing: Callable[[duckdb.DuckDBPyConnection, Oracle], list[Disagreement]] = of_the_ledger,
) -> None:
    def wrong(rows: Landing) -> list[Disagreement]:
        with models.build(rows) as connection:
            return comparing(connection, Oracle.of(rows, models.as_of, known_as_of))

    def is_shown_by(rows: Landing, column: tuple[str, str]) -> bool:
        with suppress(MissingRateError):
            return any((each.mart, each.column) == column for each in wrong(rows))
        return False

    found = wrong(landing)
    if found:
        column = (found[0].mart, found[0].column)
        part = smallest(landing, lambda rows: is_shown_by(rows, column))
        lines = "\n".join(str(each) for each in wrong(part)[:20])
        pytest.fail(
            f"{len(found)} figures disagree. A small landing that shows it:\n{as_text(part)}\n{lines}", pytrace=False
        )


def smallest(landing: Landing, still_wrong: Callable[[Landing], bool]) -> Landing:
    """A part of the landing that is still wrong, and is not when any one more of its ledgers or rows is left out.

    Rates stay or go together: without one of them the others may not do.
    """
    for table in ("companies", "exchange_rates"):
        landing = _without(landing, _parts(landing, table), still_wrong)
    rows = [{id(row)} for table, rows in landing.items() if table != "exchange_rates" for row in rows]
    return _without(landing, rows, still_wrong)


def _parts(landing: Landing, table: str) -> list[set[int]]:
    """Rows that may go together: all of a ledger's, or all of a table's."""
    if table != "companies":
        return [{id(row) for row in landing[table]}]
    names = sorted({row["company_id"][:3] for row in landing[table]})
    return [
        {id(row) for rows in landing.values() for row in rows if any(str(v).startswith(name) for v in row.values())}
        for name in names
    ]


def _without(landing: Landing, parts: list[set[int]], still_wrong: Callable[[Landing], bool]) -> Landing:
    """Leave out whatever may go: halves of what is left first, single parts last."""
    size = len(parts)
    while size >= 1:
        for start in range(0, len(parts), size):
            gone = set().union(*parts[start : start + size])
            rest = {table: [row for row in rows if id(row) not in gone] for table, rows in landing.items()}
            if rest != landing and still_wrong(rest):
                landing = rest
        size //= 2
    return landing


def as_text(landing: Landing) -> str:
    """The landing's rows, one a line, without what the loader added and what is not given."""
    loader_columns = {"source_file_number", "source_row", "load_id", "loaded_at"}
    return "\n".join(
        f"  {table}: " + ", ".join(f"{k}={v}" for k, v in row.items() if v is not None and k not in loader_columns)
        for table, rows in landing.items()
        for row in rows
    )
