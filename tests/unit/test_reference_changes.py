"""Reference data in the audit log: which file has changed and in how many rows, and no cell of it.

Not here: which files can be used (test_reference.py).
"""

from pathlib import Path

import pytest

from duebook.audit import Event, read_lines
from duebook.reference_changes import log_reference_changes
from duebook.settings import REFERENCE_SEEDS_DIR, Settings

SEED = "kpi_targets"
MARK = "Zq9 marked"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home whose reference data were logged once."""
    settings = Settings(home=tmp_path / "a home")
    settings.reference_dir.mkdir(parents=True)
    log_reference_changes(settings, "refresh")
    return settings


def seed_rows() -> list[str]:
    return (REFERENCE_SEEDS_DIR / f"{SEED}.csv").read_text(encoding="utf-8").splitlines()


def use(settings: Settings, lines: list[str], end: str = "\n") -> list[tuple]:
    """Have the home use a file of its own; what was logged of it, and of nothing else."""
    before = len(read_lines(settings))
    text = "".join(f"{line}{end}" for line in lines)
    (settings.reference_dir / f"{SEED}.csv").write_text(text, encoding="utf-8", newline="")
    log_reference_changes(settings, "refresh")
    return [(line.said["event"], line.said["subject"], line.said["counts"]) for line in read_lines(settings)[before:]]


def changed(added: int, removed: int) -> list[tuple]:
    counts = {"rows added": added, "rows removed": removed}
    return [(Event.REFERENCE_CHANGED, f"HOME_DIR/reference/{SEED}.csv", counts)]


def test_the_first_time_one_event_says_how_much_counts_from_now_on(home: Settings) -> None:
    [line] = read_lines(home)
    files = list(REFERENCE_SEEDS_DIR.glob("*.csv"))
    assert (line.said["event"], line.said["counts"]["files"]) == (Event.REFERENCE_FIRST_SEEN, len(files))
    log_reference_changes(home, "refresh")
    assert read_lines(home) == [line]


def test_rows_that_were_added_changed_and_removed_are_counted(home: Settings) -> None:
    header, first, *others = seed_rows()
    assert use(home, [header, first, *others, f"{first},{MARK}"]) == changed(1, 0)
    assert use(home, [header, f"{MARK},{first}", *others]) == changed(1, 2)
    assert use(home, [header]) == changed(0, 1 + len(others))
    assert MARK.encode() not in b"".join(file.read_bytes() for file in home.audit_file.parent.iterdir())


def test_a_row_there_twice_is_one_more(home: Settings) -> None:
    header, first, *others = seed_rows()
    assert use(home, [header, first, first, *others]) == changed(1, 0)


def test_other_ends_of_lines_and_another_order_change_nothing(home: Settings) -> None:
    header, *rows = seed_rows()
    assert use(home, [header, *rows]) == []
    assert use(home, [header, *rows[::-1]], end="\r\n") == []


def test_a_file_taken_away_gives_its_place_back_to_the_seed(home: Settings) -> None:
    header, _first, *others = seed_rows()
    use(home, [header, *others])
    (home.reference_dir / f"{SEED}.csv").unlink()
    log_reference_changes(home, "schedule every_morning")
    last = read_lines(home)[-1].said
    assert (last["subject"], last["counts"]) == (f"seeds/reference/{SEED}.csv", {"rows added": 1, "rows removed": 0})
    assert last["command"] == "schedule every_morning"


@pytest.mark.parametrize("noted", ["", "[]", '{"kpi_targets": 7}', "{"])
def test_without_what_was_noted_all_counts_as_seen_first(home: Settings, noted: str) -> None:
    home.reference_noted_file.write_text(noted)
    log_reference_changes(home, "refresh")
    assert [line.said["event"] for line in read_lines(home)] == [Event.REFERENCE_FIRST_SEEN] * 2


def test_a_seed_that_is_new_counts_as_added(home: Settings) -> None:
    noted = home.reference_noted_file.read_text(encoding="utf-8").replace(f'"{SEED}"', '"gone_seed"')
    home.reference_noted_file.write_text(noted, encoding="utf-8")
    log_reference_changes(home, "refresh")
    rows = len(seed_rows()) - 1
    assert [(line.said["subject"], line.said["counts"]) for line in read_lines(home)[1:]] == [
        ("gone_seed.csv", {"rows added": 0, "rows removed": rows}),
        (f"seeds/reference/{SEED}.csv", {"rows added": rows, "rows removed": 0}),
    ]
