"""Which command logs what in the audit log, and what it doesn't say there.

Not here: a publication that fails (test_publishing_fails.py), rows written from quarantine
(test_quarantine_command.py), the log itself (tests/unit/test_audit.py).
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest
from typer.testing import CliRunner, Result

from cli import main, metrics
from cli.exit_codes import ExitCode
from cli.main import app
from duebook.audit import lines_that_do_not_follow, read_lines
from duebook.publication.record import read_publication
from duebook.settings import Settings
from orchestration.defs.runs import started_by
from tests.support.rights import without_rights

MONTH = "2026-05"


@pytest.fixture
def home(first, tmp_path: Path) -> Settings:
    """A refreshed home, whose log has that refresh alone."""
    copy = tmp_path / "a home"
    shutil.copytree(first[0].home, copy, symlinks=True)
    settings = Settings(home=copy)
    file = settings.audit_file
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:3]))
    return settings


def run(settings: Settings, *words: str) -> Result:
    done = CliRunner().invoke(app, [words[0], "--home", str(settings.home), *words[1:]])
    assert done.exit_code == ExitCode.DONE, done.output
    return done


def logged(settings: Settings) -> list[tuple[str, str, str]]:
    """What has been logged since the refresh."""
    lines = read_lines(settings)
    assert lines_that_do_not_follow(lines) == []
    return [(line.said["event"], line.said["command"], line.said["subject"]) for line in lines[3:]]


def published(settings: Settings, query: str) -> list[tuple]:
    with duckdb.connect(settings.published_file, read_only=True) as con:
        return con.execute(query).fetchall()


def test_a_refresh_logs_the_reference_data_it_uses_and_its_publication(home: Settings) -> None:
    record = read_publication(home.published_dir)
    events = [(line.said["event"], line.said["command"], line.said["subject"]) for line in read_lines(home)]
    assert events == [
        ("reference_first_seen", "refresh", "reference"),
        ("publishing", "refresh", record.refresh_id),
        ("published", "refresh", record.refresh_id),
    ]
    assert read_lines(home)[2].said["counts"] == {
        "marts": len(record.row_counts),
        "rows": sum(record.row_counts.values()),
    }
    # The mart has what was logged before it was published.
    mart = "select event, command, subject from marts.audit_log order by logged_at"
    assert published(home, mart) == events[:2]


@pytest.mark.long
def test_publishing_again_and_building_the_dashboard_are_logged(home: Settings) -> None:
    run(home, "publish")
    refresh_id = read_publication(home.published_dir).refresh_id
    run(home, "dashboard", "--build-only")
    assert logged(home) == [
        ("publishing", "publish", refresh_id),
        ("published", "publish", refresh_id),
        ("published", "dashboard", f"{refresh_id}, its dashboard"),
    ]
    assert published(home, "select count(*) from marts.audit_log where event = 'published'") == [(1,)]


def test_what_was_explained_is_logged_by_its_ids(home: Settings) -> None:
    [(invoice, number)] = published(
        home, "select invoice_id, invoice_number from marts.fct_invoices where invoice_number <> '***' limit 1"
    )
    asked = ("explain", "--kpi", "dso", "--month", MONTH)
    customer = json.loads(run(home, *asked, "--level", "company:CO01", "--json").stdout)["customers"][0]["customer_id"]
    run(home, *asked, "--customer", customer)
    run(home, "explain", "--invoice", number)
    assert logged(home) == [
        ("explained", "explain", f"dso {MONTH}, company:CO01"),
        ("explained", "explain", f"dso {MONTH}, portfolio, customer {customer}"),
        ("explained", "explain", f"invoice {invoice}"),
    ]


def test_what_could_not_be_explained_is_not_logged(home: Settings) -> None:
    for options in (["--invoice", "nobody's"], ["--kpi", "nothing"], ["--kpi", "dso", "--customer", "nobody"]):
        done = CliRunner().invoke(app, ["explain", "--home", str(home.home), *options])
        assert done.exit_code == ExitCode.USAGE
    assert logged(home) == []


def test_a_backup_and_what_is_restored_from_it_are_logged_and_the_log_goes_on_there(
    home: Settings, tmp_path: Path
) -> None:
    run(home, "backup", "--to", str(tmp_path / "backups"))
    [backup] = (tmp_path / "backups").iterdir()
    assert logged(home) == [("exported", "backup", backup.name)]
    other = Settings(home=tmp_path / "another home")
    run(other, "restore", "--from", str(backup))
    assert logged(other) == [("restored", "restore", backup.name)]


def test_metrics_written_to_a_file_are_logged_and_those_that_are_shown_are_not(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "prepare", lambda settings: None)
    commands = type("Commands", (), {"main": staticmethod(lambda **given: None)})
    monkeypatch.setattr(metrics, "commands", lambda: commands)
    run(home, "metrics", "query", "--metrics", "dso,cei")
    assert logged(home) == []
    run(home, "metrics", "query", "--metrics", "dso,cei", "--csv", str(tmp_path / "a.csv"))
    run(home, "metrics", "query", "--metrics=dso", f"--csv={tmp_path / 'b.csv'}")
    assert logged(home) == [("exported", "metrics", "dso, cei"), ("exported", "metrics", "dso")]


@pytest.fixture
def home_of_readers(home: Settings) -> Iterator[Settings]:
    """The home, where every account may come to and read what is published, and the log."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        moved = Path(folder, "home")
        shutil.copytree(home.home, moved, symlinks=True)
        paths = [path for path in (moved, *moved.rglob("*")) if not path.is_symlink()]
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        # Python itself may be where not everybody may read.
        main._loaded("explain")
        yield Settings(home=moved)
        for path in paths:
            path.chmod(0o700)


def test_a_reader_without_the_right_to_write_gets_the_answer_and_is_told_that_it_is_not_logged(
    home_of_readers: Settings,
) -> None:
    command = ["explain", "--home", str(home_of_readers.home), "--kpi", "dso", "--month", MONTH]
    with without_rights():
        done = CliRunner().invoke(app, command)
    assert done.exit_code == ExitCode.DONE, done.output
    [line] = done.stderr.splitlines()
    assert line == (
        f"Not in the audit log ({home_of_readers.audit_file}: Permission denied): explained dso {MONTH}, portfolio"
    )
    assert logged(home_of_readers) == []


def test_a_reader_who_may_add_to_the_log_is_logged(home_of_readers: Settings) -> None:
    home_of_readers.audit_file.chmod(0o666)
    with without_rights():
        account_id = os.geteuid()
        run(home_of_readers, "explain", "--kpi", "dso", "--month", MONTH)
    assert logged(home_of_readers) == [("explained", "explain", f"dso {MONTH}, portfolio")]
    assert read_lines(home_of_readers)[-1].said["account_id"] == account_id


@pytest.mark.parametrize(
    ("tags", "named"),
    [
        ({}, "refresh"),
        (dg.DagsterRun.tags_for_schedule(SimpleNamespace(name="every_morning")), "schedule every_morning"),
        (dg.DagsterRun.tags_for_sensor(SimpleNamespace(name="new_files")), "sensor new_files"),
    ],
)
def test_a_run_that_no_person_started_is_logged_by_its_schedule_or_sensor(tags: dict[str, str], named: str) -> None:
    assert started_by(dg.DagsterRun(job_name="daily_refresh", tags=tags)) == named
