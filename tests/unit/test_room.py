"""Room on the disk is looked at before a refresh begins: how much is needed, for what and where.

Not here: a disk that is full all the same (tests/integration/test_full_disk.py).
"""

from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook import room
from duebook.landing.files import LandingError
from duebook.landing.unloaded import unloaded_files
from duebook.room import NoRoomError, refuse_without_room, rooms
from duebook.settings import Settings
from tests.support.landing.files import invoices, load, settings_for, write_csv, write_text

MB = 1_000_000
FILE = Path("landing") / "ar" / "invoices" / "a.csv"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def have_free(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    """Have every disk have so many bytes left."""
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: SimpleNamespace(free=free))


def large(path: Path, size: int) -> Path:
    """A file of a size, with nothing in it."""
    write_text(path, "")
    with path.open("r+b") as file:
        file.truncate(size)
    return path


def needs(settings: Settings, *new: Path) -> dict[str, int]:
    """What a refresh needs on the one disk there is."""
    [one] = rooms(settings, new)
    return {what: number // MB for what, number in one.needs.items()}


def test_a_home_needs_more_at_first_and_the_more_has_landed_above_all_packed(
    settings: Settings, tmp_path: Path
) -> None:
    text, packed = large(tmp_path / "a.csv", 100 * MB), large(tmp_path / "a.csv.gz", 100 * MB)
    parquet = large(tmp_path / "A.PARQUET", 100 * MB)
    always = {"logs and what dbt and Dagster write": 100, "the next publication": 0}
    assert needs(settings) == always | {"what has landed": 0}
    assert needs(settings, text) == always | {"what has landed": 400}
    refused = large(tmp_path / "refused.parquet", 20_000 * MB + 1)
    assert needs(settings, packed, parquet, text, refused, tmp_path / "gone.csv") == always | {"what has landed": 4400}


def test_later_the_next_publication_stands_beside_the_last_one(settings: Settings) -> None:
    large(settings.landed_file, 1)
    large(settings.warehouse_file.with_name("to_publish.duckdb"), 500 * MB)
    assert needs(settings) == {
        "logs and what dbt and Dagster write": 10, "what has landed": 0, "the next publication": 500}  # fmt: skip


def test_each_disk_has_to_have_room_for_what_stands_there(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    large(settings.warehouse_file.with_name("to_publish.duckdb"), 500 * MB)
    settings.published_dir.mkdir()
    monkeypatch.setattr(room, "_disk_of", lambda path: path.name == "published")
    of_home, of_published = rooms(settings, [])
    assert (of_home.place, of_home.needed) == (settings.home, 100 * MB)
    assert (of_published.place, of_published.needed) == (settings.published_dir, 500 * MB)


def test_one_byte_too_little_is_refused_with_place_and_amounts(settings: Settings, monkeypatch, tmp_path: Path) -> None:
    new = [large(tmp_path / "a.csv", 10 * MB)]
    have_free(monkeypatch, 140 * MB)
    refuse_without_room(settings, new)
    have_free(monkeypatch, 140 * MB - 1)
    with pytest.raises(NoRoomError) as refusal:
        refuse_without_room(settings, new)
    assert str(refusal.value) == (
        f"There is not enough room: 140 MB free in {tmp_path}, a refresh needs about 140 MB there (100 MB for logs and "
        "what dbt and Dagster write, 40 MB for what has landed). Nothing was done; free some disk space, or put the "
        "home (DUEBOOK_HOME) on a larger disk, and refresh again"
    )


def test_a_refresh_without_room_is_refused_before_it_begins(settings: Settings, monkeypatch, tmp_path: Path) -> None:
    write_csv(tmp_path / FILE, invoices(3))
    have_free(monkeypatch, MB)
    home, landing = str(settings.home), str(settings.landing)
    monkeypatch.setenv("DAGSTER_HOME", "")
    done = CliRunner().invoke(app, ["refresh", "--home", home, "--landing", landing])
    assert (done.exit_code, done.stdout) == (ExitCode.FAILED, "")
    assert done.stderr.startswith(f"There is not enough room: 1 MB free in {home}, ")
    assert list(settings.logs_dir.iterdir()) == []


def test_a_load_without_room_loads_nothing_and_the_one_after_it_goes_well(monkeypatch, tmp_path: Path) -> None:
    write_csv(tmp_path / FILE, invoices(3))
    have_free(monkeypatch, MB)
    with pytest.raises(LandingError, match=r"^There is not enough room: 1 MB free in "):
        load(tmp_path)
    monkeypatch.undo()
    assert load(tmp_path).files == ("ar/invoices/a.csv",)


def test_what_was_loaded_needs_no_room_again(settings: Settings, tmp_path: Path) -> None:
    write_csv(tmp_path / FILE, invoices(3))
    assert unloaded_files(settings) == [tmp_path / FILE]
    load(tmp_path)
    new = write_csv((tmp_path / FILE).with_name("b.csv"), invoices(1))
    assert unloaded_files(settings) == [new]


@pytest.mark.parametrize("content", [b"junk" * 9000, None], ids=["a damaged landing database", "no landing"])
def test_where_it_cannot_be_known_what_is_new_nothing_is_counted(settings: Settings, tmp_path, content) -> None:
    if content:
        write_csv(tmp_path / FILE, invoices(3))
        write_text(settings.landed_file, content)
    assert unloaded_files(settings) == []
