"""A warehouse that is no database is built anew, and not taken for one that is busy.

Not here: the landing database (test_loading_failures.py), the publication (test_publication_damaged.py).
"""

import logging
import shutil
import subprocess
import sys
from datetime import date
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest

from duebook.database_files import EMPTY
from duebook.publication.targets import Target
from duebook.settings import Settings
from duebook.warehouse.build_plan import Build, record_file
from orchestration.defs.models import Transformation, make_ready, refuse_a_damaged_publication
from tests.support.gates.landed import Landed

pytestmark = pytest.mark.long

DAY = date(2024, 4, 30)
CONTEXT = SimpleNamespace(log=logging.getLogger(__name__), is_subset=False)


@pytest.fixture
def home(tmp_path):
    """Settings of a home whose warehouse was built, and the target."""
    settings = Settings(home=tmp_path, as_of=DAY, reporting_currency="EUR")
    Landed(settings.landed_file).run("insert into raw.loaded_files (file_number) values (1)")
    target = Target(DAY, settings.warehouse_file, settings.published_dir, settings.published_file, is_past=False)
    build = Build(settings, target)
    build.begin()
    for file in (target.warehouse_file, target.marts_file):
        with duckdb.connect(file) as warehouse:
            warehouse.execute("create table built as select range as n from range(100000)")
    build.end(went_well=True)
    assert Build(settings, target).why_full is None
    return settings, target


@pytest.mark.parametrize("content", [b"", bytes(4096), b"DUCK" * 2048, b"junk" * 50_000], ids=len)
@pytest.mark.parametrize("name", ["duebook.duckdb", "to_publish.duckdb"])
def test_a_warehouse_that_is_no_database_goes_and_is_built_anew(home, caplog, content, name):
    settings, target = home
    file = settings.warehouse_file.with_name(name)
    file.write_bytes(content)
    file.with_name(f"{name}.wal").write_bytes(b"of the one before")
    make_ready(CONTEXT, file)
    assert f"{file} is damaged, and is built again" in caplog.text
    assert [path.name for path in file.parent.glob(f"{name}*")] == []
    assert Build(settings, target).changed_since is None


def test_a_warehouse_cut_short_goes_and_is_built_anew(home):
    settings, target = home
    settings.warehouse_file.write_bytes(settings.warehouse_file.read_bytes()[:8192])
    make_ready(CONTEXT, settings.warehouse_file)
    assert Build(settings, target).why_full == "no build of this warehouse has been finished"


def test_a_warehouse_that_is_open_elsewhere_stays_and_is_tried_again(home):
    settings, target = home
    code = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, settings.warehouse_file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(dg.RetryRequested):
            make_ready(CONTEXT, settings.warehouse_file)
        other.communicate("\n")
    assert Build(settings, target).why_full is None


def test_a_warehouse_that_is_a_folder_is_named(home):
    settings, _ = home
    settings.warehouse_file.unlink()
    settings.warehouse_file.mkdir()
    with pytest.raises(dg.Failure) as failure:
        make_ready(CONTEXT, settings.warehouse_file)
    assert failure.value.description.startswith(f"{settings.warehouse_file} can't be opened: Is a directory. Make it")
    assert len(failure.value.description.splitlines()) == 1


@pytest.mark.parametrize("content", [b"", bytes(4096), b"junk" * 50_000], ids=len)
def test_a_damaged_publication_is_named_with_the_next_step_and_stays(home, content):
    settings, _ = home
    settings.published_file.parent.mkdir(parents=True)
    settings.published_file.write_bytes(content)
    with pytest.raises(dg.Failure) as failure:
        refuse_a_damaged_publication(settings.published_file)
    assert failure.value.description.startswith(f"{settings.published_file} is damaged: ")
    assert len(failure.value.description.splitlines()) == 1
    assert settings.published_file.read_bytes() == content


def test_a_publication_that_is_read_or_not_there_yet_stops_nothing(home):
    settings, _ = home
    refuse_a_damaged_publication(settings.published_file)
    settings.published_file.parent.mkdir(parents=True)
    with duckdb.connect(settings.published_file) as published:
        published.execute("create table t as select 1 as n")
    with duckdb.connect(settings.published_file, read_only=True):
        refuse_a_damaged_publication(settings.published_file)


@pytest.mark.parametrize(
    ("said", "next_begins"),
    [("IO Error: Corrupt database file: computed checksum 1 does not match", "anew"), ("Binder Error: no", "there")],
)
def test_damage_that_dbt_meets_has_the_next_build_start_over(home, said, next_begins):
    settings, target = home
    build = Build(settings, target)
    build.begin()
    invocation = SimpleNamespace(get_error=lambda: RuntimeError(said), target_path=settings.home)
    with pytest.raises(dg.Failure, match=said[:20]):
        Transformation(CONTEXT, None, settings, None).finish(invocation, target, build)
    assert Build(settings, target).why_full == (
        "no build of this warehouse has been finished" if next_begins == "anew" else None
    )


@pytest.mark.parametrize("damaged", ["the publication", "the landing database", "the warehouse"])
def test_of_damage_that_dbt_meets_the_file_is_named(home, damaged):
    """DuckDB names the block, and no file."""
    settings, target = home
    build = Build(settings, target)
    settings.published_file.parent.mkdir(parents=True)
    shutil.copyfile(settings.warehouse_file, settings.published_file)
    files = {"the publication": settings.published_file, "the landing database": settings.landed_file}
    if damaged in files:
        # Of the rows, which come after the headers and the list of what there is.
        content = bytearray(files[damaged].read_bytes())
        for at in range(EMPTY + 4096, len(content), 262_144):
            content[at] ^= 1
        files[damaged].write_bytes(content)
    invocation = SimpleNamespace(
        get_error=lambda: RuntimeError("IO Error: Corrupt database file: computed checksum 1 does not match"),
        target_path=settings.home,
    )
    with pytest.raises(dg.Failure) as failure:
        Transformation(CONTEXT, None, settings, None).finish(invocation, target, build)
    last = failure.value.description.splitlines()[-1]
    if damaged in files:
        assert last.startswith(f"{files[damaged]} is damaged: ")
        assert "by its last backup and refresh again" in last
    else:
        assert last == "The next refresh builds the whole warehouse again."


@pytest.mark.parametrize("content", ["", "{", "{}", "null"])
def test_a_record_of_the_last_build_that_makes_no_sense_is_none(home, content):
    settings, target = home
    record_file(settings.warehouse_file).write_text(content)
    assert Build(settings, target).why_full == "no build of this warehouse has been finished"
