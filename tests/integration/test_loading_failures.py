"""What disk, system and leftovers have against a load is said in one line, and the load after it goes well.

Not here: a landing that can't be loaded (test_landed_files.py, test_loading_files.py).
"""

import errno
import gzip
import os
import resource
import subprocess
import sys

import duckdb
import pytest

from duebook.landing.files import LandingBusyError, LandingError
from duebook.landing.load_errors import cause_outside
from duebook.landing.loading import load_landing
from duebook.landing.work_folder import MARKER
from duebook.settings import PROJECT_ROOT
from tests.support.doctor import flip_in_rows_of
from tests.support.landing.files import CUSTOMER, invoices, load, raw, settings_for, write_csv, write_text

OTHERS = 0o027


@pytest.fixture
def landing(tmp_path):
    """A landing with ten good invoices."""
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "a.csv", invoices(10))
    return tmp_path / "landing"


def run_as_module(folder, largest_file=None):
    """Load in a process of its own, in which no file may grow beyond a size: a disk that is full."""
    environment = os.environ | {
        "DUEBOOK_LANDING": str(folder / "landing"),
        "DUEBOOK_HOME": str(folder / "home"),
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    limit = (largest_file or resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    return subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-m", "duebook.landing.loading"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )


@pytest.mark.long
@pytest.mark.parametrize("size", [8192, *(pytest.param(size, marks=pytest.mark.slow) for size in (4096, 40_000))])
def test_a_disk_that_is_full_is_named_in_one_line_and_the_load_after_it_goes_well(tmp_path, landing, size):
    full = run_as_module(tmp_path, largest_file=size)
    assert full.returncode == 1
    (told,) = full.stderr.splitlines()
    assert told.startswith("error: ")
    assert told.endswith(
        "File too large. Nothing was loaded; put the home (DUEBOOK_HOME) on a file system for "
        "larger files, and refresh again"
    )
    load(tmp_path)
    assert raw(tmp_path, "select count(*) from invoices") == [(10,)]


@pytest.mark.parametrize(
    "content",
    [b"", b"DUCK" * 1024, *(pytest.param(bytes(size), marks=pytest.mark.slow) for size in (8192, 12288))],
    ids=len,
)
def test_a_landing_database_that_holds_nothing_is_made_again(tmp_path, landing, content):
    write_text(settings_for(tmp_path).landed_file, content)
    lines = []
    load_landing(settings_for(tmp_path), lines.append)
    assert lines[0] == (
        f"warning: {settings_for(tmp_path).landed_file} was empty and not a database: it is created again"
    )
    assert raw(tmp_path, "select count(*) from invoices") == [(10,)]


def test_an_empty_landing_database_with_a_log_beside_it_may_hold_something(tmp_path, landing):
    write_text(settings_for(tmp_path).landed_file, b"")
    write_text(settings_for(tmp_path).landed_file.with_name("landing.duckdb.wal"), b"something")
    with pytest.raises(LandingError, match=r"landing.duckdb is damaged: "):
        load(tmp_path)
    assert settings_for(tmp_path).landed_file.exists()


def test_a_folder_in_place_of_the_landing_database_is_named(tmp_path, landing):
    file = settings_for(tmp_path).landed_file
    file.mkdir(parents=True)
    with pytest.raises(LandingError) as refusal:
        load(tmp_path)
    assert str(refusal.value) == (
        f"{file} can't be read or written: Is a directory. Nothing was loaded; a file is needed there: move the "
        "folder away, and refresh again"
    )


@pytest.mark.parametrize("kept", [12288, *(pytest.param(kept, marks=pytest.mark.slow) for kept in (0, 4096, 20000))])
def test_a_damaged_landing_database_is_named_with_the_next_step_and_is_not_said_to_be_busy(tmp_path, landing, kept):
    load(tmp_path)
    file = settings_for(tmp_path).landed_file
    file.write_bytes(file.read_bytes()[:kept] + bytes(50_000))
    with pytest.raises(LandingError) as refusal:
        load(tmp_path)
    assert not isinstance(refusal.value, LandingBusyError)
    assert str(refusal.value).startswith(f"{file} is damaged: IO Error: ")
    assert "It holds all loaded rows: replace it by its last backup and refresh again" in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1
    assert file.stat().st_size == kept + 50_000


def test_a_bit_that_flips_in_what_is_recorded_of_loaded_files_is_named_as_damage(tmp_path, landing):
    load(tmp_path)
    file = settings_for(tmp_path).landed_file
    flip_in_rows_of(file, "raw.loaded_files")
    before = file.read_bytes()
    with pytest.raises(LandingError) as refusal:
        load(tmp_path)
    assert str(refusal.value).startswith(f"{file} is damaged: ")
    assert "computed checksum" in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1
    assert file.read_bytes() == before


JUNK = {
    "files where its folders are": ["landing", "staging", "landing_definitions"],
    "files that make no sense": [
        "landing/state.json",
        "landing/schemas/landing.schema.json",
        "landing/load/normalized/1.2/schema.json",
        "landing/load/normalized/x/y",
        "landing_definitions/state.json",
    ],
}


@pytest.mark.long
@pytest.mark.parametrize("junk", JUNK)
def test_what_lies_in_the_loads_own_folder_is_nothing_to_start_from(tmp_path, landing, junk):
    load(tmp_path)
    for name in JUNK[junk]:
        write_text(settings_for(tmp_path).loading_dir / name, "junk{")
    write_csv(landing / "ar" / "invoices" / "b.csv", invoices(3))
    load(tmp_path)
    assert raw(tmp_path, "select count(*) from invoices") == [(13,)]
    assert [path.name for path in settings_for(tmp_path).loading_dir.iterdir()] == [MARKER]


@pytest.mark.parametrize("letter", ["'", "?", "%", "=", "\n"])
def test_a_home_that_dlt_cannot_name_is_refused_in_one_line(tmp_path, landing, letter):
    settings = settings_for(tmp_path).model_copy(update={"home": tmp_path / f"a{letter}b"})
    with pytest.raises(LandingError) as refusal:
        load_landing(settings)
    assert str(refusal.value) == f"DUEBOOK_HOME is {str(settings.home)!r}: expected a path without {letter!r}"
    assert not settings.home.exists()


def test_any_other_home_will_do(tmp_path, landing):
    settings = settings_for(tmp_path).model_copy(update={"home": tmp_path / 'say "hi" a#b;c [x]* {y} \\z ü ~`$HOME&'})
    assert load_landing(settings, lambda line: None).files == ("ar/invoices/a.csv",)
    assert settings.landed_file.exists()


def test_a_load_leaves_no_rows_outside_the_landing_database(tmp_path, landing):
    write_csv(landing / "ar" / "customers" / "a.csv", [CUSTOMER | {"email": "someone@example.org"}])
    load(tmp_path)
    assert [path.name for path in settings_for(tmp_path).loading_dir.iterdir()] == [MARKER]
    write_csv(landing / "ar" / "customers" / "b.csv", [{"customer": "someone@example.org"}])
    with pytest.raises(LandingError):
        load(tmp_path)
    assert [path.name for path in settings_for(tmp_path).loading_dir.iterdir()] == [MARKER]


@pytest.mark.long
def test_what_a_load_writes_is_read_by_its_group_at_most_also_what_an_older_one_left(tmp_path, landing):
    assert run_as_module(tmp_path).returncode == 0
    left = write_text(tmp_path / "home" / "logs" / "20250131T060000Z_as_of_2025-01-30.log", "a name")
    (tmp_path / "home" / "logs").chmod(0o755)
    left.chmod(0o666)
    own = write_text(tmp_path / "home" / "mine" / "notes.txt", "not of the refresh")
    own.chmod(0o644)
    assert run_as_module(tmp_path).returncode == 0
    paths = [path for path in (tmp_path / "home").rglob("*") if "mine" not in path.parts]
    assert len(paths) > 4
    assert [path for path in paths if path.stat().st_mode & OTHERS] == []
    assert [path for path in paths if not path.stat().st_mode & 0o040] == []
    assert own.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.EMFILE])
@pytest.mark.parametrize("said_by", ["the system", "DuckDB", "dlt, of DuckDB"])
def test_what_the_system_says_is_told_whoever_passes_it_on(tmp_path, number, said_by):
    words, settings = os.strerror(number), settings_for(tmp_path)
    try:
        match said_by:
            case "the system":
                raise OSError(number, words, str(settings.home))
            case "DuckDB":
                raise duckdb.IOException(f'IO Error: Could not write file "x": {words}\n\nsee more')
            case _:
                try:
                    raise duckdb.IOException(f"IO Error: {words}")
                except duckdb.Error as error:
                    raise RuntimeError("Pipeline execution failed\nat step load") from error
    except Exception as error:
        said = cause_outside(error, settings)
    assert said.startswith(f"{settings.home} can't be read or written: {words}. Nothing was loaded; ")
    assert said.endswith(", and refresh again")
    assert len(said.splitlines()) == 1


def test_a_mistake_in_the_code_is_nothing_the_system_did(tmp_path):
    assert cause_outside(KeyError("amount"), settings_for(tmp_path)) is None


BOMBS = {
    "times its size": (
        {},
        b"x,y\n" * 30_000_000,
        "ar/invoices/b.csv.gz unpacks to more than 100 times its size: if it is right, land it unpacked, or raise "
        "the limit (DUEBOOK_MAX_GZIP_RATIO)",
    ),
    "gigabytes": (
        {"max_unpacked_gb": 0.05},
        b"x,y\n" * 15_000_000,
        "ar/invoices/b.csv.gz is larger than 0.05 GB when unpacked: split it, or raise the limit "
        "(DUEBOOK_MAX_UNPACKED_GB)",
    ),
    "one line": (
        {},
        b"x," * 8_500_000,
        "ar/invoices/b.csv.gz, line 1: the line is longer than 2,000,000 bytes, the most that is allowed: "
        "end rows with line feeds",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path, landing, bomb):
    changes, content, message = BOMBS[bomb]
    write_text(landing / "ar" / "invoices" / "b.csv.gz", gzip.compress(content, 1))
    with pytest.raises(LandingError) as refusal:
        load(tmp_path, **changes)
    assert str(refusal.value).splitlines()[0] == message


def test_a_large_file_is_refused_before_it_is_read(tmp_path, landing):
    with (landing / "ar" / "invoices" / "b.parquet").open("wb") as file:
        file.truncate(21_000_000_000)
    with pytest.raises(LandingError, match=r"ar/invoices/b.parquet is larger than 20 GB when unpacked: split it"):
        load(tmp_path)


def test_a_ratio_that_is_allowed_is_loaded(tmp_path, landing):
    # 250 times its size, and harmless.
    rows = invoices(3000)
    write_csv(landing / "ar" / "invoices" / "b.csv", rows)
    packed = gzip.compress((landing / "ar" / "invoices" / "b.csv").read_bytes())
    (landing / "ar" / "invoices" / "b.csv").unlink()
    write_text(landing / "ar" / "invoices" / "b.csv.gz", packed)
    load(tmp_path, max_gzip_ratio=1)
    assert raw(tmp_path, "select count(*) from invoices") == [(3010,)]
