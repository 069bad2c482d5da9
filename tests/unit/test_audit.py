"""The audit log's file: what a line has, that lines follow each other, and who may write there.

Not here: which command logs what (tests/integration/test_audited_commands.py), what the doctor says
(tests/integration/test_doctor_audit_log.py).
"""

import hashlib
import json
import os
import pwd
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from duebook.audit import Event, copy_events, lines_that_do_not_follow, read_lines, record
from duebook.home import keep_from_others, take_from_others
from duebook.refresh_log import utc_now
from duebook.settings import PROJECT_ROOT, Settings
from duebook.version import duebook_version

WRITER = """
import sys
from pathlib import Path
from duebook.audit import Event, record
from duebook.settings import Settings

settings = Settings(home=Path(sys.argv[1]))
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    record(settings, Event.EXPLAINED, "explain", f"{sys.argv[2]} {number}")
"""


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "it's a home")
    settings.home.mkdir()
    return settings


def subjects(settings: Settings) -> list[str]:
    return [line.said["subject"] for line in read_lines(settings) if line.said]


def copied(settings: Settings) -> list[tuple]:
    copy_events(settings)
    with duckdb.connect(settings.landed_file, read_only=True) as con:
        return con.execute("select subject, counts from raw.audit_events order by logged_at, subject").fetchall()


def test_a_line_has_who_did_what_to_what_and_when_and_the_hash_of_the_line_before(home: Settings) -> None:
    before = utc_now()
    record(home, Event.EXPORTED, "quarantine", "invoices", {"rows": 3})
    record(home, Event.EXPLAINED, "explain", "invoice I1")
    first, second = home.audit_file.read_bytes().splitlines()
    said = json.loads(first)
    assert f"{before.isoformat()}Z" < said.pop("time") < f"{utc_now().isoformat()}Z"
    assert said == {
        "event": "exported",
        "account": pwd.getpwuid(os.geteuid()).pw_name,
        "account_id": os.geteuid(),
        "command": "quarantine",
        "subject": "invoices",
        "counts": {"rows": 3},
        "version": duebook_version(),
        "previous": None,
    }
    assert json.loads(second)["previous"] == hashlib.sha256(first).hexdigest()


def test_an_account_without_a_name_is_its_number(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    record(home, Event.PUBLISHED, "refresh", "r1")
    assert read_lines(home)[0].said["account"] == str(os.geteuid())


@pytest.mark.parametrize("length", [1, 4_000, 5_000, 20_000])
def test_a_line_follows_one_of_any_length(home: Settings, length: int) -> None:
    for number in range(3):
        record(home, Event.EXPLAINED, "explain", f"{number}" * length)
    assert len(read_lines(home)) == 3
    assert lines_that_do_not_follow(read_lines(home)) == []


def test_of_processes_that_write_at_once_no_line_is_lost_and_each_follows_the_one_before(home: Settings) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(home.home), name, "50"], cwd=PROJECT_ROOT, stdin=subprocess.PIPE
        )
        for name in ("a", "b")
    ]
    for writer in writers:
        writer.stdin.write(b"\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    assert sorted(subjects(home)) == sorted(f"{name} {number}" for name in "ab" for number in range(50))
    assert lines_that_do_not_follow(read_lines(home)) == []


@pytest.mark.parametrize("cut", [1, 2, 100])
def test_after_a_write_that_was_killed_the_log_goes_on_in_a_new_line(home: Settings, cut: int) -> None:
    for subject in ("one", "two"):
        record(home, Event.EXPLAINED, "explain", subject)
    home.audit_file.write_bytes(home.audit_file.read_bytes()[:-cut])
    record(home, Event.EXPLAINED, "explain", "three")
    # Of the last byte alone, the end of the line, the event doesn't depend.
    assert subjects(home) == (["one", "two", "three"] if cut == 1 else ["one", "three"])
    assert lines_that_do_not_follow(read_lines(home)) == []


def test_what_a_line_has_is_one_line_whatever_an_id_is(home: Settings) -> None:
    record(home, Event.EXPLAINED, "explain", 'invoice "1"\n{}\u2028é')
    assert subjects(home) == ['invoice "1"\n{}\u2028é']
    assert home.audit_file.read_bytes().count(b"\n") == 1


def test_models_get_each_event_once_and_keep_what_is_gone_from_the_file(home: Settings) -> None:
    record(home, Event.EXPORTED, "quarantine", "invoices", {"rows": 3, "files": 1})
    record(home, Event.EXPLAINED, "explain", "invoice I1")
    both = [("invoices", "rows: 3, files: 1"), ("invoice I1", None)]
    assert copied(home) == both
    assert copied(home) == both
    home.audit_file.unlink()
    record(home, Event.EXPLAINED, "explain", "invoice I2")
    assert copied(home) == [*both, ("invoice I2", None)]


@pytest.mark.parametrize(
    "line",
    [
        *(b"\xff\xfe", b"[1]", b"7", b"{", b"[" * 100_000),
        b'{"time": "x", "account_id": "anna", "counts": 7, "subject": {"a": 1}}',
        b'{"time": "0001-01-01T00:00+14:00", "account_id": 1e400, "subject": "\\ud800\\u0000"}',
        b'{"account_id": 100000000000000000000, "counts": {"\\udfff": [1]}}',
    ],
)
def test_whatever_stands_in_the_file_models_get_the_other_lines(home: Settings, line: bytes) -> None:
    home.audit_file.parent.mkdir()
    home.audit_file.write_bytes(line + b"\n\n")
    record(home, Event.EXPLAINED, "explain", "invoice I1")
    assert ("invoice I1", None) in copied(home)


def test_the_group_reads_the_log_and_others_nothing_and_a_right_to_add_is_left(home: Settings) -> None:
    keep_from_others(home)
    record(home, Event.EXPLAINED, "explain", "invoice I1")
    places = (home.audit_file.parent, home.audit_file)
    assert [stat.S_IMODE(place.stat().st_mode) for place in places] == [0o750, 0o640]
    home.audit_file.chmod(0o666)
    take_from_others(home)
    assert stat.S_IMODE(home.audit_file.stat().st_mode) == 0o660


def test_a_umask_that_gives_less_is_respected(home: Settings) -> None:
    before = os.umask(0o077)
    try:
        record(home, Event.EXPLAINED, "explain", "invoice I1")
    finally:
        os.umask(before)
    places = (home.audit_file.parent, home.audit_file)
    assert [stat.S_IMODE(place.stat().st_mode) for place in places] == [0o700, 0o600]


def test_root_follows_no_link_of_the_account_whose_home_it_is(home: Settings, tmp_path: Path, monkeypatch) -> None:
    others = tmp_path / "others"
    others.mkdir()
    given: list[object] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda place, *_, **__: given.append(place))
    home.audit_file.parent.mkdir()
    home.audit_file.symlink_to(others / "file")
    with pytest.raises(OSError, match="symbolic links"):
        record(home, Event.EXPLAINED, "explain", "invoice I1")
    home.audit_file.unlink()
    home.audit_file.parent.rmdir()
    home.audit_file.parent.symlink_to(others)
    record(home, Event.EXPLAINED, "explain", "invoice I1")
    assert given == []
    home.audit_file.unlink()
    home.audit_file.parent.unlink()
    record(home, Event.EXPLAINED, "explain", "invoice I1")
    assert given[-1] == home.audit_file.parent, "which isn't linked is given"
