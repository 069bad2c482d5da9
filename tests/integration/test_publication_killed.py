"""A publication that is killed or finds the disk full: readers keep a whole one, and the next run knows which."""

import json
import os
import signal
import textwrap
import time
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from duebook.publication.publish import publish
from duebook.publication.record import read_publication
from duebook.publication.targets import targets_of
from duebook.settings import Settings
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
    refresh_ids,
    refresh_of,
    what_cannot_be_stored,
)

pytestmark = pytest.mark.long


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return new_home(tmp_path)


@pytest.mark.parametrize("moment", ["duebook.duckdb", "parquet-*/dso_monthly.parquet"])
def test_a_kill_in_the_middle_leaves_the_publication_and_the_next_run_cleans_up(
    settings: Settings, moment: str
) -> None:
    target = publish_rows(settings, "r1")
    build(target, "r2", rows=200_000)
    process = python(PUBLISHER, settings.home, DAY, "r2")
    deadline = time.monotonic() + 60
    while not list(settings.published_dir.glob(f".publishing/{moment}")):
        assert time.monotonic() < deadline, "publishing never came this far"
        assert process.poll() is None, process.stderr.read()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert refresh_ids(target.published_file) == {"r1"}
    assert read_publication(settings.published_dir).refresh_id == "r1"
    assert leftovers(settings) == [".publishing"]
    publish(settings, target, refresh_of(DAY, "r2"))
    assert refresh_ids(target.published_file) == {"r2"}
    assert leftovers(settings) == []


@pytest.mark.parametrize(
    ("moved", "published"),
    [("parquet-*", "r1"), ("duebook.duckdb", "r2"), ("parquet", "r2"), ("publication.json", "r2")],
)
def test_a_kill_between_two_swaps_never_lets_an_older_day_over_a_newer_one(
    settings: Settings, moved: str, published: str
) -> None:
    between, next_day = date(2024, 3, 1), date(2024, 3, 16)
    target = publish_rows(settings, "r1", day=EARLIER)
    build(target, "r2")
    code = textwrap.dedent(KILLED_AFTER_MOVING) + textwrap.dedent(PUBLISHER)
    process = python(code, settings.home, DAY, "r2", moved)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors

    assert refresh_ids(target.published_file) == {published}
    record = read_publication(settings.published_dir)
    assert (record.refresh_id, record.as_of) == (published, {"r1": EARLIER, "r2": DAY}[published])
    assert [target.is_past for target in targets_of(settings, [between])] == [published == "r2"]

    # One that fails leaves it so.
    with duckdb.connect(target.marts_file) as connection:
        for statement in what_cannot_be_stored(settings, "refresh_id", "dso_monthly"):
            connection.execute(statement)
    with pytest.raises(duckdb.ConversionException):
        publish(settings, target, refresh_of(next_day, "r3"))
    assert refresh_ids(target.published_file) == {published}
    assert read_publication(settings.published_dir) == record
    assert json.loads((settings.published_dir / "publication.json").read_text())["refresh_id"] == published
    parquet = settings.published_dir / "parquet"
    assert set(pq.read_table(parquet / "dso_monthly.parquet")["refresh_id"].to_pylist()) == {published}
    assert leftovers(settings) == []


def test_a_full_disk_leaves_the_publication_untouched(settings: Settings) -> None:
    target = publish_rows(settings, "r1")
    build(target, "r2", rows=100_000)
    process = python(PUBLISHER, settings.home, DAY, "r2", 300_000)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "publishing\n"), errors
    assert "File too large" in errors
    assert refresh_ids(target.published_file) == {"r1"}
    assert leftovers(settings) == []
