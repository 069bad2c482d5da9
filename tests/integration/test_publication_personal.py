"""The published file with personal data: what is in it, who may read it, and that it is replaced with the marts."""

import grp
import os
import signal
import textwrap
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.home import take_from_others
from duebook.publication.personal import wrong_group
from duebook.publication.publish import publish
from duebook.publication.targets import Target, targets_of
from duebook.settings import PERSONAL_FILE, Settings
from tests.support.publications.to_files import (
    DAY,
    EARLIER,
    KILLED_AFTER_MOVING,
    PUBLISHER,
    build,
    leftovers,
    new_home,
    publish_rows,
    python,
    read,
    refresh_ids,
    refresh_of,
)

CONTACTS = "select distinct email from personal.customer_contacts"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return new_home(tmp_path)


def build_both(target: Target, refresh_id: str) -> None:
    """Build marts, and personal data that name the refresh."""
    build(target, refresh_id)
    with duckdb.connect(target.warehouse_file) as warehouse:
        warehouse.execute("create schema if not exists personal; create schema if not exists intermediate")
        warehouse.execute(f"create or replace table personal.customer_contacts as select '{refresh_id}' as email")
        warehouse.execute("create or replace table intermediate.rest as select 1 as n")
        warehouse.execute("comment on table personal.customer_contacts is 'It''s them'")
        warehouse.execute("comment on column personal.customer_contacts.email is 'E-mail'")


def publish_both(settings: Settings, refresh_id: str, day=DAY) -> Target:
    [target] = targets_of(settings, [day])
    build_both(target, refresh_id)
    publish(settings, target, refresh_of(day, refresh_id))
    return target


def personal_file(target: Target) -> Path:
    return target.published_dir / PERSONAL_FILE


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_it_has_what_the_schema_personal_has_with_its_descriptions_and_nothing_else(settings: Settings) -> None:
    file = personal_file(publish_both(settings, "r1"))
    assert read(file, "select schema_name, table_name, comment from duckdb_tables()") == [
        ("personal", "customer_contacts", "It's them")
    ]
    assert read(file, "select column_name, comment from duckdb_columns() where schema_name = 'personal'") == [
        ("email", "E-mail")
    ]
    assert read(file, CONTACTS) == [("r1",)]


def test_only_the_account_that_refreshes_may_read_it(settings: Settings) -> None:
    file = personal_file(publish_both(settings, "r1"))
    take_from_others(settings)
    assert (rights(file.parent), rights(file)) == (0o700, 0o600)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_group_may_read_it_if_one_is_named_and_no_longer_when_none_is(settings: Settings) -> None:
    gid = max([*os.getgroups(), os.getegid()])
    with_group = settings.model_copy(update={"personal_group": grp.getgrgid(gid).gr_name})
    publish_both(settings, "r1")
    file = personal_file(publish_both(with_group, "r2"))
    assert [(rights(path), path.stat().st_gid) for path in (file.parent, file)] == [(0o750, gid), (0o640, gid)]
    assert read(file, CONTACTS) == [("r2",)]
    publish_both(settings, "r3")
    assert (rights(file.parent), rights(file)) == (0o700, 0o600)


def test_a_group_that_cannot_be_given_it_stops_the_publication_by_name(settings: Settings) -> None:
    target = publish_both(settings, "r1")
    wrong = settings.model_copy(update={"personal_group": "nobody here"})
    with pytest.raises(PermissionError, match="PERSONAL_GROUP is nobody here, and there is no such group: expected"):
        publish_both(wrong, "r2")
    assert (refresh_ids(target.published_file), read(personal_file(target), CONTACTS)) == ({"r1"}, [("r1",)])
    assert leftovers(settings) == []


def test_a_refresh_for_a_group_that_cannot_be_given_it_does_nothing(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["refresh", "--home", str(tmp_path / "home"), "--personal-group", "nobody here"])
    assert done.exit_code == ExitCode.USAGE
    assert "PERSONAL_GROUP is nobody here, and there is no such group" in " ".join(done.output.split())
    assert not (tmp_path / "home").exists()


def test_a_group_is_one_that_the_account_that_refreshes_is_in(monkeypatch) -> None:
    mine, other = (one.gr_name for one in grp.getgrall()[:2])
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: grp.getgrnam(mine).gr_gid)
    monkeypatch.setattr(os, "getgroups", lambda: [])
    assert wrong_group(mine) is None
    assert "the account that refreshes is not in it" in wrong_group(other)


def test_a_past_day_has_its_own(settings: Settings) -> None:
    today, past = publish_both(settings, "r1"), publish_both(settings, "r2", EARLIER)
    assert past.is_past
    assert [read(personal_file(target), CONTACTS) for target in (today, past)] == [[("r1",)], [("r2",)]]
    assert rights(personal_file(past)) == 0o600


def test_a_reader_keeps_what_it_opened_and_the_next_one_gets_the_new(settings: Settings) -> None:
    file = personal_file(publish_both(settings, "r1"))
    with duckdb.connect(file, read_only=True) as reader:
        publish_both(settings, "r2")
        assert reader.execute(CONTACTS).fetchall() == [("r1",)]
    assert read(file, CONTACTS) == [("r2",)]


def test_what_somebody_wrote_into_it_ends_with_the_next_publication(settings: Settings) -> None:
    file = personal_file(publish_both(settings, "r1"))
    file.with_name(f"{file.name}.wal").write_bytes(b"")
    publish_both(settings, "r2")
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.long
@pytest.mark.parametrize(
    ("moved", "marts", "personal"),
    [
        ("parquet-*", "r1", "r1"),
        ("duebook.duckdb", "r2", "r1"),
        ("duebook_personal.duckdb", "r2", "r2"),
        ("publication.json", "r2", "r2"),
    ],
)
def test_a_kill_between_two_swaps_leaves_whole_files_and_the_next_run_makes_them_one(
    settings: Settings, moved: str, marts: str, personal: str
) -> None:
    target = publish_both(settings, "r1")
    build_both(target, "r2")
    code = textwrap.dedent(KILLED_AFTER_MOVING) + textwrap.dedent(PUBLISHER)
    process = python(code, settings.home, DAY, "r2", moved)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors
    assert (refresh_ids(target.published_file), read(personal_file(target), CONTACTS)) == ({marts}, [(personal,)])

    # One that fails finishes what was begun.
    target.marts_file.rename(target.marts_file.with_suffix(".gone"))
    with pytest.raises(RuntimeError):
        publish(settings, target, refresh_of(DAY, "r3"))
    assert (refresh_ids(target.published_file), read(personal_file(target), CONTACTS)) == ({marts}, [(marts,)])
    assert leftovers(settings) == []


def test_marts_without_personal_data_are_published_all_the_same(settings: Settings) -> None:
    target = publish_rows(settings, "r1")
    assert not personal_file(target).exists()
