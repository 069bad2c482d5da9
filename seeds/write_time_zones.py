"""Writes the two seeds about time zones from the IANA database that Python's `zoneinfo` reads.

`time_zones.csv` names every zone and whose offsets it has; `time_zone_offsets.csv` holds those offsets with their
transitions. The models read only these, so that a local time is the same on every engine and needs no extension.
Run it when a country changes its clocks: `python -m seeds.write_time_zones`.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

REFERENCE = Path(__file__).parent / "reference"
FIRST = datetime(2015, 1, 1, tzinfo=UTC)
END = datetime(2036, 1, 1, tzinfo=UTC)
# Names of a machine's own settings, no places.
NOT_A_PLACE = {"Factory", "localtime", "posixrules"}

Period = tuple[datetime, datetime, int]


def offset_minutes(zone: ZoneInfo, moment: datetime) -> int:
    """The zone's offset from UTC at the moment, in minutes; an offset that is not whole minutes is an error."""
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    minutes, rest = divmod(offset, timedelta(minutes=1))
    if rest:
        raise ValueError(f"{zone.key}: the offset {offset} at {moment} is not in whole minutes")
    return minutes


def transition(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The minute of the one change of offset between two moments, by halving."""
    old = offset_minutes(zone, before)
    low, high = 0, int((after - before) / timedelta(minutes=1))
    while high - low > 1:
        middle = (low + high) // 2
        if offset_minutes(zone, before + timedelta(minutes=middle)) == old:
            low = middle
        else:
            high = middle
    return before + timedelta(minutes=high)


def periods(zone: ZoneInfo, first: datetime = FIRST, end: datetime = END) -> Iterator[Period]:
    """Periods of one offset, from (inclusive) and to (exclusive) in UTC; no zone changes it twice within a day."""
    start, day = first, first
    while day < end:
        next_day = min(day + timedelta(days=1), end)
        offset = offset_minutes(zone, day)
        if next_day < end and offset_minutes(zone, next_day) != offset:
            changed = transition(zone, day, next_day)
            yield start, changed, offset
            start = changed
        day = next_day
    yield start, end, offset_minutes(zone, end - timedelta(minutes=1))


def write(path: Path, header: list[str], rows: list[tuple[str, ...]]) -> None:
    """Writes one seed, with plain line ends."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main() -> None:
    """Writes both seeds; zones with the same offsets throughout share those of the first by name."""
    shared: dict[tuple[Period, ...], str] = {}
    zones: list[tuple[str, ...]] = []
    for name in sorted(available_timezones() - NOT_A_PLACE):
        zones.append((name, shared.setdefault(tuple(periods(ZoneInfo(name))), name)))
    offsets = sorted(
        (name, start.strftime("%Y-%m-%d %H:%M:%S"), end.strftime("%Y-%m-%d %H:%M:%S"), str(minutes))
        for zone_periods, name in shared.items()
        for start, end, minutes in zone_periods
    )
    write(REFERENCE / "time_zones.csv", ["zone", "offsets_of"], zones)
    write(
        REFERENCE / "time_zone_offsets.csv", ["offsets_of", "valid_from_utc", "valid_to_utc", "offset_minutes"], offsets
    )
    print(f"{len(zones)} zones, {len(shared)} sets of offsets, {len(offsets)} periods in {REFERENCE}")


if __name__ == "__main__":
    main()
