"""What the doctor says of a publication: sound as its record says, and each planted fault found.

Not here: the other parts of a home (test_doctor.py).
"""

import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from duebook.database_files import EMPTY
from duebook.doctor.findings import Part, State
from duebook.doctor.identities import ledger
from duebook.doctor.publication import publications
from duebook.settings import Settings
from tests.support.doctor import flip_in_rows_of, said, write_page
from tests.support.landing.files import write_text
from tests.support.publications.parcels import change_published, parquet, publish_after, published_parcels, record_of
from tests.support.publications.to_files import EARLIER


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Some marts of few rows, published with a dashboard."""
    settings = published_parcels(tmp_path_factory.mktemp("published"))
    publish_after(settings, write_site=write_page)
    return settings


@pytest.fixture
def published(published_once: Settings, tmp_path: Path) -> Settings:
    """A copy of it, times of its files included."""
    home = shutil.copytree(published_once.home, tmp_path / "a home", symlinks=True)
    return published_once.model_copy(update={"home": home})


def current(settings: Settings) -> Part:
    """The part of the current publication."""
    return next(publications(settings))


def test_a_publication_as_its_record_says_is_sound(published: Settings) -> None:
    part = current(published)
    assert (part.state, said(part)) == (State.SOUND, "")
    assert part.looked_at == "1,092 rows of 3 marts for 2024-03-15, 5 Parquet files, the dashboard"


@pytest.mark.parametrize("unnoticed", [pytest.param(False, marks=pytest.mark.long), True])
@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update marts.fct_parcels set weight = 7.0001 where n = 7", "rows of fct_parcels are other than they were"),
        ("delete from marts.fct_parcels where n = 7", "fct_parcels has 999 rows, and 1,000 were published"),
        ("drop table marts.dim_depots", "has no mart dim_depots, which was published"),
    ],
)
def test_a_number_changed_in_the_published_file_is_wrong(
    published: Settings, statement: str, found: str, unnoticed: bool
) -> None:
    change_published(published, statement, unnoticed=unnoticed)
    part = current(published)
    assert (part.state, len(part.findings), found in said(part)) == (State.WRONG, 1, True)


def test_a_copy_put_back_is_no_fault(published: Settings) -> None:
    os.utime(published.published_file)
    part = current(published)
    assert (part.state, "and the same rows" in said(part)) == (State.NOTE, True)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: min(EMPTY + 100, file.stat().st_size // 2)])


def script(home: Settings) -> Path:
    """What the current page loads."""
    return sorted(home.dashboard_dir.rglob("data.js"))[-1]


FAULTS = {
    "the database cut short": (lambda home: cut(home.published_file), "duebook.duckdb can't be read"),
    "the database flipped": (
        lambda home: flip_in_rows_of(home.published_file, "marts.fct_parcels"),
        "computed checksum",
    ),
    "the database gone": (lambda home: home.published_file.unlink(), "duebook.duckdb is gone"),
    "the record gone": (lambda home: record_of(home).unlink(), "its record, is gone or makes no sense"),
    "a Parquet file gone": (lambda home: parquet(home).unlink(), "fct_parcels.parquet is gone"),
    "a Parquet file cut short": (lambda home: cut(parquet(home)), "fct_parcels.parquet is damaged"),
    "one more Parquet file": (
        lambda home: shutil.copy2(parquet(home), parquet(home).with_name("more.parquet")),
        "more.parquet is no file of this publication",
    ),
    "all Parquet files gone": (
        lambda home: shutil.rmtree(parquet(home).parent),
        "folder of Parquet files, is gone",
    ),
    "the page gone": (lambda home: (home.dashboard_dir / "index.html").unlink(), "index.html is gone"),
    "a script gone": (lambda home: script(home).unlink(), "data.js, which"),
    "another page": (
        lambda home: write_text(script(home), '{"refresh_id":"r0"}'),
        "doesn't show this publication `make dashboard`",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_damaged_or_gone_of_a_publication_is_wrong(published: Settings, fault: str) -> None:
    plant, found = FAULTS[fault]
    plant(published)
    part = current(published)
    assert (part.state, len(part.findings), found in said(part)) == (State.WRONG, 1, True), said(part)


def test_a_parquet_file_whose_rows_changed_and_nothing_else_is_to_be_written_again(published: Settings) -> None:
    file, recorded = parquet(published), parquet(published).stat()
    with duckdb.connect() as con:
        con.execute(
            f"copy (select * replace (weight + 1 as weight) from '{str(file).replace(chr(39), chr(39) * 2)}')"
            f" to '{str(file).replace(chr(39), chr(39) * 2)}.new' (format parquet)"
        )
    file.with_name(f"{file.name}.new").replace(file)
    assert said(current(published)).startswith(f"{file} has other rows than were published `make publish`")
    record = json.loads(record_of(published).read_text())
    os.utime(file, ns=(recorded.st_atime_ns, recorded.st_mtime_ns))
    record["parquet_files"][file.name]["left_as"] = f"{file.stat().st_size}:{recorded.st_mtime_ns}"
    record_of(published).write_text(json.dumps(record))
    assert said(current(published)).startswith(f"{file} has other rows than were published `make refresh FULL=1`")


def test_a_past_day_is_a_part_of_its_own(published: Settings) -> None:
    publish_after(
        published, "create schema marts", "create table marts.t as select 1 as n", day=EARLIER, write_site=write_page
    )
    now, past = publications(published)
    assert (past.name, past.state, now.state) == (f"publication of {EARLIER}", State.SOUND, State.SOUND)
    (published.past_published_dir(EARLIER) / "parquet" / "t.parquet").unlink()
    now, past = publications(published)
    assert (past.state, now.state) == (State.WRONG, State.SOUND)
    assert f"`make refresh AS_OF={EARLIER}` publishes it again" in said(past)


def test_rows_hashed_by_another_duckdb_are_counted_and_not_compared(published: Settings) -> None:
    record = json.loads(record_of(published).read_text())
    for file in record["parquet_files"].values():
        file["fingerprint"] = " ".join(["1", *file["fingerprint"].split()[1:2], "1"])
    record_of(published).write_text(json.dumps(record))
    part = current(published)
    assert (part.state, "another version of DuckDB" in said(part)) == (State.NOTE, True)


WRONG_FIGURES = {
    "update marts.receivables_daily set closing_balance = closing_balance + 1 where rowid = 100": {
        "the opening balance of a day and its movements are its closing balance",
        "a day opens with the closing balance of the day before",
        "the aging buckets and unapplied credits of a day are its balance",
    },
    "update marts.receivables_daily set aging_1_30 = aging_1_30 + 0.01 where rowid = 100": {
        "the aging buckets and unapplied credits of a day are its balance"
    },
    "update marts.fct_receivables_ledger set amount = amount + 1 where rowid = 100": {
        "the events of the ledger are the last day's balance"
    },
    "delete from marts.open_items where rowid = 0": {"the open items are the last day's balance"},
    "update marts.aging_monthly set receivables = -receivables where rowid = 100": {
        "the customers of a month are the balance of its last day"
    },
    "update marts.receivables_rollforward_monthly set invoiced = invoiced + 1 where rowid = 0": {
        "the opening receivables of a month, its movements and exchange differences are its closing receivables"
    },
    "update marts.dso_monthly set receivables = receivables + 1 where level = 'segment' and rowid % 2 = 0": {
        "companies add up to the portfolio, and so do segments"
    },
}


@pytest.mark.parametrize("statement", WRONG_FIGURES)
def test_a_changed_figure_is_found_by_what_it_has_to_add_up_to(first, tmp_path: Path, statement: str) -> None:
    file = shutil.copy2(first[0].published_file, tmp_path / "duebook.duckdb")
    with duckdb.connect(file) as published:
        published.execute(statement)
    part = ledger(file)
    assert part.state == State.WRONG
    broken = {finding.said.removeprefix("It isn't so that ").partition(" (")[0] for finding in part.findings}
    assert broken == WRONG_FIGURES[statement]
