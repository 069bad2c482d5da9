"""Whole refreshes of a home to which something happened: what they say, and that the next one is right.

Not here: kills (test_refresh_slow.py, test_ending.py), damaged files (test_damaged_warehouse.py).
"""

import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from duebook.doctor.examination import examine
from duebook.doctor.findings import State
from duebook.settings import PROJECT_ROOT, Settings
from tests.support.landing.files import raw
from tests.support.refreshes.running import COMMAND, marts, refresh

pytestmark = pytest.mark.long


@pytest.fixture
def home(first, tmp_path: Path) -> Settings:
    """A copy of a refreshed home."""
    copy = tmp_path / "home"
    shutil.copytree(first[0].home, copy, symlinks=True)
    return Settings(home=copy)


def is_as_never_disturbed(settings: Settings, first: tuple) -> bool:
    """Refresh a home, and hold it against one to which nothing happened: marts, loaded files, what the doctor sees."""
    done = refresh(settings.home)
    assert done.returncode == 0, done.stdout
    assert marts(settings.published_file) == first[2]
    of_files = "select count(*), count(distinct source_file) from loaded_files"
    assert raw(settings.home.parent, of_files) == [(63, 63)]
    wrong = {part.name: part.findings for part in examine(settings) if part.state == State.WRONG}
    return wrong == {}


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "deleted",
    [
        pytest.param(("dbt", "logs", "dagster", "audit", "refresh.lock"), id="what only helps a refresh"),
        pytest.param(("warehouse",), id="warehouse", marks=SLOW),
        pytest.param(("warehouse/duebook.duckdb", "warehouse/last_build.json"), id="what was built", marks=SLOW),
        pytest.param(("published",), id="published", marks=SLOW),
        pytest.param(("published/dashboard", "published/parquet"), id="parts of the publication", marks=SLOW),
        pytest.param(("published/publication.json",), id="the record of the publication", marks=SLOW),
    ],
)
def test_a_home_without_some_of_its_folders_is_refreshed_on_to_the_same_marts(first, home: Settings, deleted) -> None:
    for path in (home.home / name for name in deleted):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    assert is_as_never_disturbed(home, first)


def with_largest_file(settings: Settings, size: int, *options: str) -> subprocess.CompletedProcess[str]:
    """Refresh where no file may grow beyond a size: a disk that is full for whatever grows."""
    return subprocess.run(
        [*COMMAND, "--home", str(settings.home), *options],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY)),
    )


# The sample's landing database has 11 MB, its warehouse 54 MB, its marts 22 MB.
AND_WHAT_TO_DO = "put the home (DUEBOOK_HOME) on a file system for larger files, and refresh again"
FULL_AT = {
    2_000: ("Prepare: ", "Dagster's history can't be written: free some disk space"),
    8_000_000: ("Load: ", f"File too large. Nothing was loaded; {AND_WHAT_TO_DO}"),
    12_000_000: ("Transform: dbt, for 2026-06-30: ", f"File too large: {AND_WHAT_TO_DO}"),
}


@pytest.mark.slow
def test_a_disk_that_is_full_at_any_stage_is_named_and_the_next_refresh_is_right(first, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    for size, (stage, to_do) in FULL_AT.items():
        failed = with_largest_file(settings, size)
        said = failed.stdout + failed.stderr
        assert failed.returncode == 1, said
        assert "Traceback" not in said
        assert f"\n{stage}" in said
        assert to_do in said
        assert not settings.published_file.exists()
    assert is_as_never_disturbed(settings, first)


@pytest.mark.slow
def test_a_memory_limit_that_is_far_too_small_is_named_and_the_publication_stays(first, home: Settings) -> None:
    before = home.published_file.read_bytes()
    failed = refresh(home.home, "--full", "1", "--memory-limit", "12MB")
    assert failed.returncode == 1, failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr
    assert "Out of Memory Error" in failed.stdout
    assert "give DuckDB or Spark more of it (MEMORY_LIMIT), or leave MEMORY_LIMIT out" in failed.stdout
    assert home.published_file.read_bytes() == before
    assert is_as_never_disturbed(home, first)
