"""The marts held against the naive oracle on random ledgers: every row, every figure.

The default run tries tens of ledgers, the slow one (`make test-slow`) thousands.
"""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.agreement import Oracle, as_text, disagreements, smallest
from tests.property.generators import landings
from tests.property.harness import KNOWN_DAY, MID_MONTH, MONTH_END, CompiledModels, compiled_models
from tests.property.oracle.landing import Landing
from tests.property.oracle.rates import MissingRateError

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
def test_every_figure_is_the_oracles(as_of: date, data: st.DataObject) -> None:
    assert_agreement(compiled_models(as_of), data.draw(landings(as_of, LEDGERS)))


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=75)
@given(data=st.data())
def test_every_figure_is_the_oracles_on_thousands_of_ledgers(as_of: date, data: st.DataObject) -> None:
    assert_agreement(compiled_models(as_of), data.draw(landings(as_of, LEDGERS)))


@settings(max_examples=5, derandomize=True)
@given(landing=landings(KNOWN_DAY, LEDGERS))
def test_only_what_was_known_counts(landing: Landing) -> None:
    """Some rows, some versions and some tombstones were recorded after the day."""
    assert_agreement(compiled_models(KNOWN_DAY, KNOWN_DAY), landing, KNOWN_DAY)
