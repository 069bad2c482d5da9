"""A load killed at any moment, then run again, leaves the same raw tables as one that was let be.

Also where raw rows become files: the home that a load finds has tables, and its first step is to write these as files.
"""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from duebook.contract import read_contract
from duebook.landing.registry import raw_tables
from duebook.settings import PROJECT_ROOT
from tests.support.landing.files import CUSTOMER, INVOICE, invoices, load, raw, write_csv

pytestmark = pytest.mark.long

# Kills its own process, without a last word, the nth time a function is called (before or after it does its work).
KILLED_AT = """
import importlib, os, signal, sys
from duebook.landing import loading
from duebook.settings import Settings

module, path, when, count = sys.argv[1:]
owner = importlib.import_module(module)
*outer, name = path.split(".")
for part in outer:
    owner = getattr(owner, part)
original, begun, done = getattr(owner, name), [], []

def counts(so_far):
    so_far.append(1)
    return len(so_far) == int(count)

def deadly(*args, **kwargs):
    if counts(begun) and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*args, **kwargs)
    if counts(done) and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(owner, name, deadly)
loading.load_landing(Settings())
"""
DUCKDB = "dlt.destinations.impl.duckdb.duck"
MOMENTS = {
    "while reading the second file": ("duebook.landing.checking", "check_file", "before", 2),
    "while sending": ("duebook.landing.source", "_registered", "after", 1),
    "with one table written": (DUCKDB, "DuckDbCopyJob.run", "after", 1),
    "with all tables but one written": (DUCKDB, "DuckDbCopyJob.run", "after", 3),
    "with every table written": (DUCKDB, "DuckDbClient.complete_load", "before", 1),
    "just after the load became complete": (DUCKDB, "DuckDbClient.complete_load", "after", 1),
}
FILESYSTEM = "dlt.destinations.impl.filesystem.filesystem"
MOMENTS_OF_FILES = {
    "with two tables written as files": ("duebook.landing.raw_files", "_stored_as_file", "after", 2),
    "with one file written": (FILESYSTEM, "FilesystemLoadJob.run", "after", 1),
    "with every file written": (FILESYSTEM, "FilesystemClient.complete_load", "before", 1),
    "when dlt has ended": (FILESYSTEM, "FilesystemClient.complete_load", "after", 1),
    "with every file moved": ("duebook.landing.raw_files", "_take_in", "after", 1),
    "just after the files were taken in": ("duebook.landing.loading", "settle_files", "after", 1),
}
# The other moments are for the slow suite.
USUAL = (
    "with one table written", "just after the load became complete",
    "with two tables written as files", "with one file written", "with every file moved",
)  # fmt: skip


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A landing and a home with one file loaded, and then more files landed."""
    folder = tmp_path_factory.mktemp("begun")
    write_csv(folder / "landing" / "ar" / "invoices" / "load_1.csv", invoices(10))
    load(folder)
    new_files(folder)
    return folder


@pytest.fixture(scope="module")
def undisturbed(begun, tmp_path_factory):
    """Every raw table after a load that was let be."""
    folder = shutil.copytree(begun, tmp_path_factory.mktemp("undisturbed"), dirs_exist_ok=True)
    load(folder)
    return everything(folder)


def new_files(folder):
    """Files that bring good rows and bad ones to several tables, and the one loaded already under another name."""
    landing = folder / "landing"
    (landing / "ar" / "invoices" / "load_1.csv").rename(landing / "ar" / "invoices" / "first.csv")
    write_csv(landing / "ar" / "invoices" / "load_2.csv", [*invoices(40), INVOICE | {"amount": "x"}])
    write_csv(landing / "ar" / "invoices" / "load_10.csv", invoices(30))
    write_csv(landing / "ar" / "customers" / "load_1.csv", [CUSTOMER])


def everything(folder):
    """Every raw table, without what names the one load."""
    return {
        table.name: raw(folder, f"select * exclude (load_id, loaded_at) from {table.name} order by all")
        for table in raw_tables(read_contract())
    }


def killed_at(folder, moment, engine):
    """Load, in a process that is killed at a moment."""
    environment = os.environ | {
        "DUEBOOK_LANDING": str(folder / "landing"),
        "DUEBOOK_HOME": str(folder / "home"),
        "DUEBOOK_ENGINE": engine,
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT, *map(str, moment)], env=environment, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr


def cases(moments):
    return [pytest.param(moment, marks=[] if moment in USUAL else [pytest.mark.slow], id=moment) for moment in moments]


@pytest.mark.parametrize("moment", cases(MOMENTS))
def test_a_killed_load_run_again_is_as_if_nothing_had_been(tmp_path, begun, undisturbed, moment):
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    killed_at(tmp_path, MOMENTS[moment], "duckdb")
    load(tmp_path)
    assert everything(tmp_path) == undisturbed


@pytest.mark.parametrize("moment", cases(MOMENTS_OF_FILES))
def test_of_a_killed_load_no_file_is_read_before_or_after_the_next(tmp_path, begun, undisturbed, moment):
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    before = everything(tmp_path)
    killed_at(tmp_path, MOMENTS_OF_FILES[moment], "spark")
    was_taken_in = moment == "just after the files were taken in"
    assert everything(tmp_path) == (undisturbed if was_taken_in else before)
    load(tmp_path, engine="spark")
    assert everything(tmp_path) == undisturbed


def test_files_that_become_tables_again_are_read_until_they_are(tmp_path, begun, undisturbed):
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    load(tmp_path, engine="spark")
    killed_at(tmp_path, ("duebook.landing.raw_files", "_refuse_gaps", "before", 5), "duckdb")
    assert everything(tmp_path) == undisturbed
    load(tmp_path)
    assert everything(tmp_path) == undisturbed


def test_the_undisturbed_load_brought_rows_to_every_kind_of_table(undisturbed):
    sizes = {name: len(rows) for name, rows in undisturbed.items() if rows}
    assert sizes == {"invoices": 80, "customers": 1, "quarantined_rows": 1, "loaded_files": 4, "landed_columns": 19}
