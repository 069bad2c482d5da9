"""Larger ledgers that a home builds on two engines, at once and then with what came since: one of IBM's, random ones.

Here: their files, both builds. Not here: the engines (second_engine.py, on_spark.py), what must come of it.
"""

from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.strategies import SearchStrategy

from tests.support.borrowed import IBM_LATE_PAYMENTS
from tests.support.compiled_models import MID_MONTH, REPORTING_CURRENCY
from tests.support.contract import raw_contract
from tests.support.generators.collections import collections_landings
from tests.support.generators.ledgers import Rows
from tests.support.landing.files import write_csv
from tests.support.landing.two_landings import TwoLandings
from tests.support.refreshes.on_spark import HomeOnSpark
from tests.support.refreshes.second_engine import HomeOnTwoEngines

OF_IBM = TwoLandings(IBM_LATE_PAYMENTS.landing, IBM_LATE_PAYMENTS.as_of - timedelta(days=70), IBM_LATE_PAYMENTS.as_of)
RANDOM_CURRENCY = REPORTING_CURRENCY
# Each is a ledger of so many random ones.
LEDGERS = 12
GENERATED = {"deadline": None, "phases": [Phase.generate], "suppress_health_check": [*HealthCheck]}


def random_landings() -> SearchStrategy[Rows]:
    """Random ledgers, with what collectors do about them; none of the simplest, which come first and have no cash."""
    return collections_landings(MID_MONTH, LEDGERS).filter(lambda landing: landing["applications"])


def few(examples: int) -> settings:
    """How many random ledgers a test is run for: whole builds take minutes, so none is made smaller if it fails."""
    return settings(max_examples=examples, **GENERATED)


def landed_in_two(landing: Rows, folder: Path) -> TwoLandings:
    """Write the rows of a random ledger as files."""
    for table, rows in landing.items():
        if rows:
            landed = [column.name for column in raw_contract()[table].landed_columns]
            of_the_table = [{name: row.get(name) for name in landed} for row in rows]
            write_csv(folder / raw_contract()[table].domain / table / "load.csv", of_the_table)
    return TwoLandings(folder, MID_MONTH - timedelta(days=40), MID_MONTH)


def build_both_days(home: HomeOnTwoEngines | HomeOnSpark, landings: TwoLandings) -> date:
    """Build both days on both engines, and hold every mart of one against the other's; return the second day."""
    for day in (landings.first_day, landings.second_day):
        landings.land(home.landing, day)
        home.refresh(day)
        assert home.compared[day].differ == {}
    return landings.second_day
