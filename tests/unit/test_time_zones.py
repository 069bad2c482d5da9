"""The offsets the models read are those of the IANA database: at every change of the clocks."""

import csv
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from seeds.write_time_zones import END, FIRST, REFERENCE, offset_minutes, periods, transition

# Rules of years to come differ between releases of the database; those of past years don't.
PAST_YEARS = datetime(2024, 1, 1, tzinfo=UTC)


def read(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def seeded() -> dict[str, list[tuple[datetime, datetime, int]]]:
    """Periods of every zone, as the models see them through both seeds."""
    by_offsets: dict[str, list[tuple[datetime, datetime, int]]] = {}
    for row in read("time_zone_offsets.csv"):
        start, end = (
            datetime.fromisoformat(row[column]).replace(tzinfo=UTC) for column in ("valid_from_utc", "valid_to_utc")
        )
        by_offsets.setdefault(row["offsets_of"], []).append((start, end, int(row["offset_minutes"])))
    return {row["zone"]: sorted(by_offsets[row["offsets_of"]]) for row in read("time_zones.csv")}


def test_periods_of_every_zone_are_without_gap_from_first_to_end(seeded: dict) -> None:
    broken = {
        zone
        for zone, found in seeded.items()
        if [found[0][0], *(end for _, end, _ in found)] != [*(start for start, _, _ in found), END]
        or found[0][0] != FIRST
    }
    assert broken == set()


def test_offsets_are_right_on_both_sides_of_every_past_change(seeded: dict) -> None:
    wrong = [
        (zone, moment)
        for zone, found in seeded.items()
        for start, end, offset in found
        for moment in (start, end - timedelta(seconds=1))
        if moment < PAST_YEARS and offset_minutes(ZoneInfo(zone), moment) != offset
    ]
    assert wrong == []


def test_no_past_change_is_missing(seeded: dict) -> None:
    for zone in ("America/New_York", "Europe/Berlin", "Asia/Tokyo", "Australia/Lord_Howe", "Africa/Casablanca"):
        computed = [found for found in periods(ZoneInfo(zone), FIRST, PAST_YEARS)]
        assert computed[:-1] == [found for found in seeded[zone] if found[1] < PAST_YEARS], zone


def test_a_change_of_the_clocks_is_found_to_the_minute() -> None:
    day = datetime(2026, 3, 8, tzinfo=UTC)
    assert transition(ZoneInfo("America/New_York"), day, day + timedelta(days=1)) == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_an_offset_of_odd_seconds_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Africa/Monrovia.*not in whole minutes"):
        offset_minutes(ZoneInfo("Africa/Monrovia"), datetime(1960, 1, 1, tzinfo=UTC))
