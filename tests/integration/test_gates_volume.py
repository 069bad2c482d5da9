"""Gate 1, the size of loads: just inside and just outside where it tells and where it stops."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import pytest

from expectations.validation import validate
from expectations.volume import volume_as_usual, volume_like_recent_loads
from tests.support.gates.landed import Landed

pytestmark = pytest.mark.long

# A Wednesday.
AS_OF = date(2024, 5, 1)
PASSES, TELLS, STOPS = "passes", "warning", "critical"


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    return Landed(tmp_path / "landing.duckdb")


def answer(landed: Landed, after_file: int | None = None, as_of: date = AS_OF) -> str:
    """What becomes of the newest load of cases."""
    suite = [volume("cases", as_of, after_file) for volume in (volume_like_recent_loads, volume_as_usual)]
    results = validate(landed.file, "raw", {"cases": suite}, gate="arrivals", as_of=as_of)
    [*failed] = [result for result in results if not result.success]
    assert len(failed) <= 1
    return failed[0].severity if failed else PASSES


def daily(sizes: list[int], last: date = AS_OF) -> list[tuple[date, int]]:
    """Loads of one day after the other, up to the as-of day."""
    return [(last - timedelta(days=len(sizes) - 1 - n), size) for n, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("before", "newest", "becomes"),
    [
        # By hand: of 2445 a tenth is 244.5, a fiftieth 48.9; ten times is 24,450, fifty times 122,250.
        ([2445] * 5, 245, PASSES),
        ([2445] * 5, 244, TELLS),
        ([2445] * 5, 122, TELLS),
        ([2445] * 5, 49, TELLS),
        ([2445] * 5, 48, STOPS),
        ([2445] * 5, 0, STOPS),
        ([2445] * 5, 24_450, PASSES),
        ([2445] * 5, 24_451, TELLS),
        ([2445] * 5, 122_250, TELLS),
        ([2445] * 5, 122_251, STOPS),
        ([2445] * 4, 0, PASSES),
        ([3000] * 4 + [20], 10, PASSES),
        ([3000] * 4 + [20], 9, TELLS),
        ([3000] * 4 + [20], 2, TELLS),
        ([3000] * 4 + [20], 1, STOPS),
        ([20] * 5, 0, STOPS),
        ([19] * 5, 0, PASSES),
        ([2] * 5, 1000, PASSES),
        ([2] * 5, 1001, STOPS),
        ([50] * 5, 1001, TELLS),
    ],
)
def test_a_load_is_told_of_before_it_stops_the_gate(
    landed: Landed, before: list[int], newest: int, becomes: str
) -> None:
    landed.loads("cases", daily([*before, newest]))
    landed.loads("surveys", daily([10**9] * 6))
    assert answer(landed) == becomes


def test_a_load_is_held_against_those_of_its_weekday_once_there_are_three(landed: Landed) -> None:
    sizes = [2000, 2000, 2000, 2000, 2000, 30, 30]
    # Four weeks up to the Tuesday before, which begin on a Wednesday; Saturdays and Sundays bring 30.
    weeks = [(AS_OF - timedelta(days=28 - n), sizes[(n + 2) % 7]) for n in range(28)]
    landed.loads("cases", [*weeks, (AS_OF, 30)])
    assert answer(landed) == STOPS, "30 on a Wednesday, though Sundays bring no more: a fiftieth of 2000 is 40"
    landed.run("delete from raw.loaded_files; delete from raw.check_results")
    landed.loads("cases", [*weeks[-11:], (AS_OF, 30)])
    assert answer(landed) == PASSES, "one Wednesday tells nothing: 30 have been seen"


def test_a_sunday_as_quiet_as_sundays_are_passes(landed: Landed) -> None:
    sizes = [2000, 2000, 2000, 2000, 2000, 30, 30]
    sunday = AS_OF - timedelta(days=3)
    loads = [(sunday - timedelta(days=28 - n), sizes[(n - 1) % 7]) for n in range(29)]
    landed.loads("cases", loads)
    assert loads[-1][1] == 30
    assert answer(landed, as_of=sunday) == PASSES
    landed.run(
        "update raw.loaded_files set rows_read = 301 where loaded_at = (select max(loaded_at) from raw.loaded_files)"
    )
    assert answer(landed, as_of=sunday) == PASSES, "301 is many for a Sunday, and few all the same"


@pytest.mark.parametrize(
    ("days", "rows", "becomes"),
    [(1, 10_001, TELLS), (10, 10_001, PASSES), (10, 100_000, PASSES), (10, 100_001, TELLS), (10, 999, TELLS)],
)
def test_a_load_after_several_days_may_have_the_rows_of_all_of_them(
    landed: Landed, days: int, rows: int, becomes: str
) -> None:
    landed.loads("cases", [*daily([1000] * 6, AS_OF - timedelta(days=days)), (AS_OF, rows)])
    assert answer(landed) == becomes


def test_a_source_that_changes_from_weekly_to_daily_files_lands_a_seventh(landed: Landed) -> None:
    weeks = [(AS_OF - timedelta(days=7 * n + 1), 7000) for n in reversed(range(6))]
    landed.loads("cases", [*weeks, (AS_OF, 101)])
    assert answer(landed) == PASSES, "a tenth of a day's 1000"


def test_the_files_of_one_load_count_together(landed: Landed) -> None:
    landed.loads("cases", daily([3000] * 5 + [150]))
    assert answer(landed) == TELLS
    landed.loads("cases", [(AS_OF, 150)], first=5)
    assert answer(landed) == PASSES


@pytest.mark.parametrize("after_file", [None, 9])
@pytest.mark.parametrize("gate_between", [True, False])
def test_a_mended_row_lands_alone_on_a_business_day_that_has_its_rows(
    landed: Landed, after_file: int | None, *, gate_between: bool
) -> None:
    full, mended = daily([2445] * 10), [(AS_OF, 1)]
    if gate_between:
        landed.loads("cases", full + mended)
    else:
        landed.loads("cases", full)
        landed.loads("cases", mended, first=10)
    assert answer(landed, after_file) == PASSES


def test_the_day_after_a_full_load_is_judged(landed: Landed) -> None:
    landed.loads("cases", daily([2445] * 10 + [1]))
    assert answer(landed, after_file=9) == STOPS
    landed.run("delete from raw.loaded_files; delete from raw.check_results")
    landed.loads("cases", [*daily([2445] * 10, AS_OF - timedelta(days=1)), (AS_OF - timedelta(days=1), 1), (AS_OF, 1)])
    assert answer(landed, after_file=10) == STOPS, "also where a mended row followed it"


@pytest.mark.parametrize(
    ("first", "further", "after_file", "becomes"),
    [
        # Half a file is no file, also in two halves; the rest makes it whole.
        (10, 1, None, STOPS),
        (10, 39, None, TELLS),
        (10, 235, None, PASSES),
        # What a person let pass isn't asked again, nor for what follows it.
        (10, 1, 5, PASSES),
        (200_000, 1, 5, PASSES),
        (10, 122_251, 5, STOPS),
        (10, 24_451, 5, TELLS),
    ],
)
def test_the_loads_of_a_business_day_count_together_until_one_is_built_from(
    landed: Landed, first: int, further: int, after_file: int | None, becomes: str
) -> None:
    landed.loads("cases", [*daily([2445] * 5, AS_OF - timedelta(days=1)), (AS_OF, first), (AS_OF, further)])
    assert answer(landed, after_file) == becomes


def test_loads_of_one_business_day_are_one_day_of_those_before(landed: Landed) -> None:
    before = [(day, 1000) for day, _ in daily([0] * 5, AS_OF - timedelta(days=1)) for _ in range(10)]
    landed.loads("cases", [*before, (AS_OF, 999)])
    assert answer(landed) == TELLS, "ten loads a day bring 10,000"
    landed.run("delete from raw.loaded_files; delete from raw.check_results")
    landed.loads("cases", [*before[10:], (AS_OF, 1)])
    assert answer(landed) == PASSES, "four days, however many loads, tell nothing"


def test_a_load_that_was_built_from_is_not_asked_again(landed: Landed) -> None:
    landed.loads("cases", daily([3000] * 5 + [0]))
    assert answer(landed, after_file=4) == STOPS
    assert answer(landed, after_file=5) == PASSES


def test_the_message_says_what_was_compared(landed: Landed) -> None:
    landed.loads("applications", [*daily([1000] * 6, AS_OF - timedelta(days=3)), (AS_OF, 20)])
    suite = [volume_like_recent_loads("applications", AS_OF, None)]
    [result] = validate(landed.file, "raw", {"applications": suite}, gate="arrivals", as_of=AS_OF)
    assert dataclasses.astuple(result)[4:9] == (
        "expect_volume_of_recent_loads",
        None,
        False,
        "the newest load of applications is far smaller or larger than usual (a fiftieth, fifty times):"
        " land the rest, or accept it if it is right",
        None,
    )
    assert result.examples == "(load_id load6, rows 20, usual rows 3000.0, days covered 3, up to Wednesday)"
