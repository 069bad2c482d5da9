"""The marts held against the naive oracle on random ledgers: every row, every figure.

The default run tries tens of ledgers, the slow one (`make test-slow`) thousands.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.agreement import Oracle, as_text, disagreements, smallest
from tests.property.generators import landings
from tests.property.harness import CompiledModels
from tests.property.oracle.landing import Landing
from tests.property.oracle.rates import MissingRateError

MID_MONTH = date(2024, 5, 17)
MONTH_END = date(2024, 2, 29)
LEDGERS = 20


def assert_agreement(models: CompiledModels, landing: Landing, known_as_of: date | None = None) -> None:
    def wrong(rows: Landing) -> list:
        with models.build(rows) as connection:
            oracle = Oracle.of(rows, models.as_of, known_as_of)
            return disagreements(connection, oracle, [models.as_of, models.as_of.replace(day=1)])

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


@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=8, derandomize=True)
@given(data=st.data())
def test_every_figure_is_the_oracles(
    compiled_for: Callable[..., CompiledModels], as_of: date, data: st.DataObject
) -> None:
    assert_agreement(compiled_for(as_of), data.draw(landings(as_of, LEDGERS)))


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=75)
@given(data=st.data())
def test_every_figure_is_the_oracles_on_thousands_of_ledgers(
    compiled_for: Callable[..., CompiledModels], as_of: date, data: st.DataObject
) -> None:
    assert_agreement(compiled_for(as_of), data.draw(landings(as_of, LEDGERS)))
