"""`duebook doctor`: a sound home is said to be sound, and each planted fault is found, in its part and in no other.

Not here: what a refresh makes of the same faults (docs/guide/reliability.md lists those tests).
"""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.doctor import folder
from duebook.doctor.databases import landed_rows, warehouse
from duebook.doctor.findings import State
from duebook.doctor.folder import last_refresh, leftovers, lock, rights, room
from duebook.doctor.landed import landed_files
from duebook.home import only_writer, prepare_home
from duebook.publication.record import read_publication
from duebook.publication.targets import Target
from duebook.refresh_log import begin_refresh, end_refresh, utc_now
from duebook.room import Room
from duebook.settings import Settings
from tests.support.built_home import Home
from tests.support.doctor import flip, flip_in_rows_of, said
from tests.support.landing.files import invoices, load, settings_for, write_csv, write_text
from tests.support.publications.parcels import published_parcels, record_of

INVOICES = "ar/invoices/a.csv"


def everything(home: Path) -> dict[str, tuple[int, int, int]]:
    """Size, time and rights of every file and folder of a home, but of the audit log: others explain figures of it."""
    found = {path: path.lstat() for path in (home, *home.rglob("*")) if path.name != "audit.jsonl"}
    return {str(path): (stat.st_size, stat.st_mtime_ns, stat.st_mode) for path, stat in found.items()}


# The sample's home, which nothing may change.


def test_a_refreshed_home_is_sound_in_all_its_parts_and_is_left_as_it_was(first) -> None:
    settings, *_ = first
    before = everything(settings.home)
    done = CliRunner().invoke(app, ["doctor", "--home", str(settings.home), "--json"])
    answer = json.loads(done.stdout)
    assert {part["name"]: (part["state"], part["findings"]) for part in answer["parts"]} == dict.fromkeys(
        (
            *("lock", "last refresh", "room on the disk", "rights", "encryption", "leftovers", "audit log"),
            *("landed files", "landed rows", "sources", "warehouse", "publication", "ledger"),
        ),
        ("sound", []),
    )
    assert (done.exit_code, answer["is_sound"], answer["home"]) == (ExitCode.DONE, True, str(settings.home))
    assert done.stderr.splitlines()[-1] == "All that was looked at is sound."
    assert everything(settings.home) == before


def test_the_command_says_what_is_wrong_and_what_to_do_and_ends_with_1(first, tmp_path: Path) -> None:
    landing = shutil.copytree(first[0].landing, tmp_path / "landing")
    flip(next(landing.rglob("*.csv")), 200)
    done = CliRunner().invoke(app, ["doctor", "--home", str(first[0].home), "--landing", str(landing)])
    assert done.exit_code == ExitCode.FAILED
    assert "  wrong         landed files: 62 files of" in done.output
    assert "isn't the file that was loaded under that name\n        The next refresh loads it" in done.output
    assert done.output.splitlines()[-1] == "Something is wrong: the lines above say what to do."


# Landed files and rows.


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a landing of two files, and the home they were loaded into."""
    folder = tmp_path_factory.mktemp("loaded")
    write_csv(folder / "landing" / INVOICES, [*invoices(30), {**invoices(1)[0], "amount": "x"}])
    write_csv(folder / "landing" / "ar" / "customers" / "a.csv", [{"customer_id": "C1"}])
    load(folder)
    return folder


@pytest.fixture
def loaded(loaded_once: Path, tmp_path: Path) -> Settings:
    shutil.copytree(loaded_once, tmp_path, dirs_exist_ok=True)
    return settings_for(tmp_path)


def test_files_and_rows_as_they_were_loaded_are_sound(loaded: Settings) -> None:
    assert [(part.state, said(part)) for part in (landed_files(loaded), landed_rows(loaded))] == [(State.SOUND, "")] * 2


def test_a_landed_file_with_another_byte_is_wrong(loaded: Settings) -> None:
    flip(loaded.landing / INVOICES, -20)
    part = landed_files(loaded)
    assert part.state == State.WRONG
    assert said(part).startswith(f"{INVOICES} isn't the file that was loaded under that name The next refresh loads it")


def test_a_new_and_a_renamed_file_are_sound_and_one_that_is_gone_is_said(loaded: Settings) -> None:
    (loaded.landing / INVOICES).rename(loaded.landing / "ar" / "invoices" / "renamed.csv")
    write_csv(loaded.landing / "ar" / "invoices" / "new.csv", invoices(1))
    part = landed_files(loaded)
    assert (part.state, "1 renamed, 1 that the next refresh loads" in part.looked_at) == (State.SOUND, True)
    (loaded.landing / "ar" / "invoices" / "renamed.csv").unlink()
    part = landed_files(loaded)
    assert (part.state, said(part).startswith("1 loaded file no longer in")) == (State.NOTE, True)


@pytest.mark.parametrize("exists", [True, False])
def test_another_landing_is_named(loaded: Settings, tmp_path: Path, exists: bool) -> None:
    another = tmp_path / "another"
    if exists:
        write_csv(another / INVOICES, invoices(2))
    part = landed_files(loaded.model_copy(update={"landing": another}))
    assert part.state == State.WRONG
    assert str(another) in said(part)
    assert "(LANDING)" in said(part)


def test_a_damaged_block_of_landed_rows_is_wrong(loaded: Settings) -> None:
    flip_in_rows_of(loaded.landed_file, "raw.loaded_files")
    part = landed_rows(loaded)
    assert part.state == State.WRONG
    assert said(part).startswith(f"{loaded.landed_file} is damaged: ")
    assert "replace it by its last backup" in said(part)
    # As test_a_home_without_some_of_its_folders_is_refreshed_on_to_the_same_marts has it.
    assert "What is published stays, with the reported figures of closed months" in said(part)


@pytest.mark.parametrize(
    ("statement", "there"),
    [
        ("delete from raw.invoices where invoice_id = 'I7'", "30 and 1 in quarantine were loaded, 29 and 1 are there"),
        ("insert into raw.invoices from raw.invoices where invoice_id = 'I7'", "31 and 1 are there"),
        ("delete from raw.quarantined_rows", "30 and 1 in quarantine were loaded, 30 and 0 are there"),
    ],
)
def test_rows_lost_or_doubled_are_found_by_the_file_they_came_in(loaded: Settings, statement: str, there: str) -> None:
    with duckdb.connect(loaded.landed_file) as landed:
        landed.execute(statement)
    part = landed_rows(loaded)
    assert (part.state, f"such as {INVOICES}: " in said(part), there in said(part)) == (State.WRONG, True, True)


def test_rows_of_a_load_that_was_killed_are_no_fault(loaded: Settings) -> None:
    with duckdb.connect(loaded.landed_file) as landed:
        landed.execute("insert into raw.invoices select * replace ('killed' as load_id) from raw.invoices")
    part = landed_rows(loaded)
    assert (part.state, "1 load that didn't end" in said(part)) == (State.NOTE, True)


def test_a_landing_database_that_is_gone_is_wrong(loaded: Settings) -> None:
    loaded.landed_file.unlink()
    part = landed_rows(loaded)
    assert (part.state, f"{loaded.landed_file} is gone" in said(part)) == (State.WRONG, True)
    assert landed_files(loaded).state == State.NOT_LOOKED_AT


@pytest.fixture(scope="module")
def loaded_as_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same kind of folder, with landed rows as Parquet files."""
    folder = tmp_path_factory.mktemp("as_files")
    write_csv(folder / "landing" / INVOICES, [*invoices(30), {**invoices(1)[0], "amount": "x"}])
    load(folder, engine="spark")
    return folder


def test_landed_rows_in_files_are_sound_and_those_of_a_moved_home_no_fault(loaded_as_files, tmp_path: Path) -> None:
    there = landed_rows(settings_for(loaded_as_files))
    assert (there.state, said(there)) == (State.SOUND, "")
    moved = landed_rows(settings_for(shutil.copytree(loaded_as_files, tmp_path / "moved")))
    assert (moved.state, "where the home was before it was moved" in said(moved)) == (State.NOTE, True)


@pytest.mark.parametrize(("harm", "found"), [("gone", "which is gone"), ("flipped", "is damaged: ")])
def test_a_file_of_landed_rows_that_is_gone_or_flipped_is_wrong(loaded_as_files, tmp_path: Path, harm, found) -> None:
    settings = settings_for(shutil.copytree(loaded_as_files, tmp_path / "moved"))
    [file] = (settings.raw_files_dir / "invoices").iterdir()
    if harm == "gone":
        file.unlink()
    else:
        # The first page's head.
        content = bytearray(file.read_bytes())
        content[4:20] = b"\xff" * 16
        file.write_bytes(content)
    part = landed_rows(settings)
    assert (part.state, str(file) in said(part), found in said(part)) == (State.WRONG, True, True)


# The warehouse.


@pytest.fixture
def built(tmp_path: Path) -> Home:
    return Home(tmp_path / "a home")


def test_what_a_build_left_is_sound(built: Home) -> None:
    assert warehouse(built.settings, built.target).state == State.SOUND


def test_a_damaged_warehouse_is_wrong_and_one_of_a_failed_build_is_no_fault(built: Home) -> None:
    built.build(built.target.day, went_well=False)
    part = warehouse(built.settings, built.target)
    assert (part.state, "holds no whole build" in said(part)) == (State.NOTE, True)
    built.settings.warehouse_file.write_bytes(b"junk" * 50_000)
    part = warehouse(built.settings, built.target)
    assert (part.state, "`make refresh FULL=1` builds it again" in said(part)) == (State.WRONG, True)


# The folder.


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")
    settings = Settings(home=tmp_path / "a home")
    prepare_home(settings)
    return settings


@pytest.mark.parametrize(("where", "may", "may_not"), [("warehouse", 0o600, 0o640), ("published", 0o640, 0o644)])
def test_the_group_reads_what_is_published_and_others_read_nothing(settings: Settings, where, may, may_not) -> None:
    file = write_text(settings.home / where / "duebook.duckdb", "rows")
    file.chmod(may)
    assert rights(settings).state == State.SOUND
    file.chmod(may_not)
    assert (rights(settings).state, str(file) in said(rights(settings))) == (State.WRONG, True)


def test_what_killed_refreshes_left_is_said_and_is_no_fault(settings: Settings) -> None:
    assert leftovers(settings).state == State.SOUND
    write_text(settings.loading_dir / "staging" / "rows", "a name")
    write_text(settings.published_dir / ".publishing" / "duebook.duckdb", "")
    part = leftovers(settings)
    assert (part.state, part.looked_at) == (State.NOTE, "2 leftovers")
    assert str(settings.loading_dir / "staging") in said(part)


@pytest.mark.parametrize(("free", "state"), [(99, State.WRONG), (100, State.SOUND)])
def test_a_disk_without_room_for_the_next_refresh_is_wrong(settings: Settings, monkeypatch, free, state) -> None:
    monkeypatch.setattr(folder, "rooms", lambda *_: [Room(settings.home, free, {"the next publication": 100})])
    assert room(settings).state == state


@pytest.fixture
def published(tmp_path: Path) -> Settings:
    return published_parcels(tmp_path)


def test_a_clock_that_was_set_back_is_wrong(published: Settings) -> None:
    later = (utc_now() + timedelta(hours=1)).isoformat()
    assert last_refresh(published).state == State.SOUND
    record_of(published).write_text(json.dumps(json.loads(record_of(published).read_text()) | {"published_at": later}))
    part = last_refresh(published)
    assert (part.state, "the clock of this machine says" in said(part)) == (State.WRONG, True)


def test_a_refresh_that_failed_is_said_with_its_reason_and_is_no_fault_of_the_home(published: Settings) -> None:
    record = read_publication(published.published_dir)
    refresh = begin_refresh(published, record.as_of, "r2", utc_now())
    assert "was ended while it published" in said(last_refresh(published))
    end_refresh(published, refresh, "failed", "publishing: No space left on device")
    part = last_refresh(published)
    assert (part.state, "failed: publishing: No space left on device" in said(part)) == (State.NOTE, True)


# A refresh beside it.


def test_while_a_refresh_runs_it_reads_nothing_that_it_may_write(
    loaded: Settings, built: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target(built.target.day, loaded.warehouse_file, loaded.published_dir, loaded.published_file, is_past=False)
    with only_writer(loaded):
        assert f"(process {os.getpid()}, since" in lock(loaded).looked_at
        parts = [landed_files(loaded), landed_rows(loaded), warehouse(loaded, target), leftovers(loaded)]
        assert {part.state for part in parts} == {State.NOT_LOOKED_AT}
        assert lock(loaded).state == State.SOUND
    assert lock(loaded).looked_at == "no refresh runs"


def test_a_lock_that_a_killed_refresh_left_is_free(settings: Settings) -> None:
    settings.lock_file.write_text('{"pid": 1, "started_at": "2025-01-31 06:00:00 UTC"}')
    assert lock(settings).looked_at == "no refresh runs"
    with only_writer(settings):
        assert "a home" in lock(settings).looked_at
