"""A forecast that was frozen is what is built again of what was known on its day: on days of the sample.

Not here: on which days forecasts are frozen (the models' unit tests), that they are kept (test_frozen_days.py).
"""

import random
from datetime import date, timedelta

import pytest

from duebook.settings import SAMPLE_AS_OF
from tests.support.compiled_models import compiled_models, mart_rows
from tests.support.landing.sample import loaded_sample
from tests.support.oracle.landing import Landing, recorded

DRAWN = random.Random(19)
DAYS = [SAMPLE_AS_OF - timedelta(days) for days in DRAWN.sample(range(480), 33)]
FROZEN = {
    "frozen_forecasts": ("payment_forecast", "basis", ("invoice_id", "part")),
    "frozen_cash_forecasts": ("cash_forecast_weekly", "from_open_items", ("week", "scope")),
}
# What has no forecast isn't frozen, and what is likely late follows from what is.
NOT_FROZEN = {"reason", "is_likely_late"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return loaded_sample(tmp_path_factory.mktemp("sample"))


def is_rebuilt(sample: Landing, day: date) -> int:
    """Hold what a refresh of the day freezes against what is built today as known then; returns how many rows."""
    by_then = {table: [row for row in rows if recorded(row).date() <= day] for table, rows in sample.items()}
    assert len(by_then["applications"]) < len(sample["applications"])
    with compiled_models(day).of(FROZEN).build(by_then) as connection:
        frozen = {mart: mart_rows(connection, mart, key) for mart, (_, _, key) in FROZEN.items()}
    with compiled_models(day, day).of(FROZEN).build(sample) as connection:
        assert [len(mart_rows(connection, mart, key)) for mart, (_, _, key) in FROZEN.items()] == [0, 0]
        for mart, (rebuilt_mart, is_forecast, key) in FROZEN.items():
            rebuilt = {
                place: row
                for place, row in mart_rows(connection, rebuilt_mart, key).items()
                if row[is_forecast] is not None
            }
            assert rebuilt.keys() == frozen[mart].keys()
            for place, row in rebuilt.items():
                assert {name: row[name] for name in row.keys() - NOT_FROZEN}.items() <= frozen[mart][place].items()
    return sum(map(len, frozen.values()))


@pytest.mark.long
@pytest.mark.parametrize("day", DAYS[:3], ids=str)
def test_a_frozen_forecast_is_what_was_known_on_its_day(sample: Landing, day: date) -> None:
    assert is_rebuilt(sample, day) > 100


@pytest.mark.slow
def test_frozen_forecasts_are_what_was_known_on_thirty_other_days(sample: Landing) -> None:
    assert min(is_rebuilt(sample, day) for day in DAYS[3:]) > 100
