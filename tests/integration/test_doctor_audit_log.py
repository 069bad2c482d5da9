"""What the doctor says of the audit log: each change of a line is found, with its number, and what is gone is missed.

Not here: the other parts of a home (test_doctor.py), the log itself (tests/unit/test_audit.py).
"""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from duebook.audit import Event, copy_events, read_lines, record
from duebook.doctor.audit_log import audit_log
from duebook.doctor.findings import State
from duebook.settings import Settings
from duebook.sql_text import attach
from tests.support.doctor import said

Lines = list[bytes]


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with five events, of which the first four are published."""
    settings = Settings(home=tmp_path / "a home")
    settings.home.mkdir()
    explain(settings, "I1", "I2", "I3", "I4")
    publish(settings)
    explain(settings, "I5")
    return settings


def explain(settings: Settings, *invoices: str) -> None:
    for invoice in invoices:
        record(settings, Event.EXPLAINED, "explain", invoice)


def publish(settings: Settings) -> None:
    """As a publication has the mart."""
    copy_events(settings)
    settings.published_dir.mkdir(exist_ok=True)
    with duckdb.connect(settings.published_file) as con:
        con.execute(attach(settings.landed_file, "landed"))
        con.execute("create schema if not exists marts")
        con.execute("create or replace table marts.audit_log as from landed.raw.audit_events")


def change(settings: Settings, how: Callable[[Lines], Lines]) -> None:
    lines = settings.audit_file.read_bytes().splitlines()
    settings.audit_file.write_bytes(b"".join(line + b"\n" for line in how(lines)))


def edited(lines: Lines, at: int) -> Lines:
    return [line.replace(b'"explain"', b'"publish"') if place == at else line for place, line in enumerate(lines)]


def test_a_log_as_it_was_written_is_sound(home: Settings) -> None:
    part = audit_log(home)
    assert (part.state, part.looked_at, said(part)) == (State.SOUND, "5 events", "")


def test_a_home_that_never_logged_anything_is_sound(tmp_path: Path) -> None:
    part = audit_log(Settings(home=tmp_path))
    assert (part.state, part.looked_at) == (State.SOUND, "0 events")


@pytest.mark.parametrize(
    ("how", "found"),
    [
        pytest.param(lambda lines: edited(lines, 1), "line 3: written after another", id="edited"),
        pytest.param(lambda lines: edited(lines, 0), "line 2: written after another", id="the first edited"),
        pytest.param(lambda lines: lines[:2] + lines[3:], "line 3: written after another", id="taken out"),
        pytest.param(lambda lines: lines[1:], "line 1: written after another", id="the first taken out"),
        pytest.param(
            lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "lines 2, 3, 4: written after", id="moved"
        ),
        pytest.param(lambda lines: [*lines[:3], lines[1], *lines[3:]], "lines 4, 5: written after", id="repeated"),
        pytest.param(lambda lines: [*lines[:2], b"", *lines[2:]], "line 4: written after", id="an empty one"),
        pytest.param(lambda lines: [*lines[:2], b"junk", *lines[3:]], "line 4: written after", id="made no event"),
    ],
)
def test_a_line_that_was_changed_moved_or_taken_out_is_found_with_its_number(
    home: Settings, how: Callable[[Lines], Lines], found: str
) -> None:
    change(home, how)
    part = audit_log(home)
    assert part.state == State.WRONG
    assert f"{home.audit_file}, {found}" in said(part)
    assert "Compare the file with that of the last backup" in said(part)


def test_lines_taken_from_the_end_are_missed_as_far_as_they_were_published(home: Settings) -> None:
    published_at = read_lines(home)[3].said["time"].replace("T", " ")[:19]
    change(home, lambda lines: lines[:4])
    # Of what nobody has published yet, nothing else knows.
    assert audit_log(home).state == State.SOUND
    change(home, lambda lines: lines[:3])
    part = audit_log(home)
    assert part.state == State.WRONG
    assert f"lacks 1 published event, taken out or changed: logged at {published_at} UTC" in said(part)


def test_a_chain_written_again_with_other_events_is_found_by_what_was_published(home: Settings) -> None:
    home.audit_file.unlink()
    record(home, Event.EXPLAINED, "explain", "I9")
    change(home, lambda lines: [line.replace(b'"time": "2', b'"time": "1') for line in lines])
    part = audit_log(home)
    assert part.state == State.WRONG
    assert "lacks 4 published events" in said(part)


def test_a_log_that_is_gone_is_missed_until_a_new_one_is_begun_and_then_said(home: Settings) -> None:
    home.audit_file.unlink()
    part = audit_log(home)
    assert part.state == State.WRONG
    assert f"{home.audit_file} is gone, with 4 published events" in said(part)
    explain(home, "I6")
    publish(home)
    part = audit_log(home)
    assert (part.state, part.looked_at) == (State.NOTE, "1 event")
    assert "was begun again on" in said(part)
    with duckdb.connect(home.published_file, read_only=True) as con:
        subjects = con.execute("select subject from marts.audit_log order by logged_at").fetchall()
    assert subjects == [("I1",), ("I2",), ("I3",), ("I4",), ("I6",)]


def test_what_a_killed_write_left_is_named_and_is_no_fault(home: Settings) -> None:
    home.audit_file.write_bytes(home.audit_file.read_bytes()[:-20])
    half = audit_log(home)
    explain(home, "I6")
    for part in (half, audit_log(home)):
        assert (part.state, said(part).count("line 5: no event, as a write that was killed")) == (State.NOTE, 1)


def test_a_log_that_is_a_folder_is_named(home: Settings) -> None:
    home.audit_file.unlink()
    home.audit_file.mkdir()
    part = audit_log(home)
    assert (part.state, part.looked_at) == (State.WRONG, "nothing")
    assert f"{home.audit_file} can't be read: Is a directory" in said(part)
