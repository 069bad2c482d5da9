"""A full build, with every test of data: what only it runs, a refresh that adds never would.

By default, the same landing passes them in two builds on Postgres (tests/engines/test_postgres.py).
"""

from pathlib import Path

import duckdb
import pytest

from tests.support.landing.two_landings import PART_OF_SAMPLE
from tests.support.refreshes.daily import build
from tests.support.refreshes.reporting_home import Home

EVERYTHING_BUT_UNIT_TESTS = ["build", "--exclude-resource-type", "unit_test"]


@pytest.mark.long
def test_a_landing_with_late_amended_and_deleted_rows_passes_every_test_of_data(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for day in (PART_OF_SAMPLE.first_day, PART_OF_SAMPLE.second_day):
        PART_OF_SAMPLE.land(home.landing, day)
        home.load(day)
    settings = home.settings(day)
    why = build(settings, day, home.target, EVERYTHING_BUT_UNIT_TESTS)
    assert why == "no build of this warehouse has been finished"
    with duckdb.connect(settings.warehouse_file, read_only=True) as warehouse:
        warehouse.execute(f"attach '{settings.landed_file}' as landed (read_only)")
        changes = warehouse.execute(
            "select count(*) from intermediate.int_events where event_type = 'due_date_changed'"
            " group by source_id having count(*) > 1"
        ).fetchall()
    # An invoice whose due date changed twice is among what they looked at.
    assert len(changes) > 0
