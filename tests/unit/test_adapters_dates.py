"""Days and times as sources write them: ISO 8601, and milliseconds since 1970 as .NET's JSON has them."""

from datetime import date, datetime

import duckdb
import pytest

from duebook.adapters.engine.views import typed

WRITTEN = {
    "2018-02-15": (date(2018, 2, 15), datetime(2018, 2, 15)),
    "2018-02-15T10:32:30Z": (date(2018, 2, 15), datetime(2018, 2, 15, 10, 32, 30)),
    "2018-02-15T01:00:00+02:00": (date(2018, 2, 15), datetime(2018, 2, 14, 23, 0, 0)),
    "/Date(1518685950940+0000)/": (date(2018, 2, 15), datetime(2018, 2, 15, 9, 12, 30, 940000)),
    "/Date(1518685950940)/": (date(2018, 2, 15), datetime(2018, 2, 15, 9, 12, 30, 940000)),
    "/Date(-86400000+0000)/": (date(1969, 12, 31), datetime(1969, 12, 31)),
    "/Date(soon)/": (None, None),
    "1518685950940": (None, None),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_day_and_a_time_are_read_as_they_are_written(text) -> None:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        read = con.execute(
            f"select {typed('cell', 'date')}, {typed('cell', 'timestamp')} from (select ? as cell)", [text]
        )
        assert read.fetchone() == WRITTEN[text]
