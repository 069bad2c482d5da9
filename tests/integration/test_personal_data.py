"""What may name a person is in no file that readers get, but for the one made for it: every byte of a home is searched.

Here: the refreshed sample's own personal data; and marks in every cell of the contract that may name a person, in rows
that are good and rows that are not, through refreshes that fail and one that publishes. Not here: which rights the file
with personal data has, and how it is replaced (test_publication_personal.py), roles in Postgres (test_postgres.py).
"""

import shutil
from pathlib import Path

import duckdb
import pytest

from duebook.contract import read_contract
from duebook.settings import (
    PERSONAL_FILE,
    RAW_SCHEMA,
    SAMPLE_AS_OF,
    SAMPLE_LANDING,
    SAMPLE_REPORTING_CURRENCY,
    Settings,
)
from tests.support.publications.canaries import BUSINESS, Mark, Marks, found_in, land_marked, said_in
from tests.support.refreshes.running import refresh

# What only the account that refreshes may read: landed rows, and what is made of them.
FOR_NOBODY_ELSE = ("warehouse", "adapters")


def kept_apart(home: Path) -> list[Path]:
    return [*(home / name for name in FOR_NOBODY_ELSE), home / "published" / PERSONAL_FILE.parent]


def test_no_file_but_those_of_landed_rows_has_the_sample_s_addresses_and_names(first) -> None:
    settings, printed, _ = first
    columns = [(table.name, one.name) for table in read_contract().tables for one in table.columns if one.personal]
    with duckdb.connect(settings.landed_file, read_only=True) as landed:
        every = " union ".join(f"select {column} as said from {RAW_SCHEMA}.{table}" for table, column in columns)
        said = {text for (text,) in landed.execute(f"select said from ({every}) where length(said) > 6").fetchall()}
        people = f"select customer_name from {RAW_SCHEMA}.customers where is_consumer"
        said |= {name for (name,) in landed.execute(people).fetchall()}
    assert len(said) > 200
    some = sorted(said)[:: len(said) // 50]
    where = found_in(settings.home, lambda text: {one for one in some if one in text}, kept_apart(settings.home))
    assert where == {}
    assert [text for text in said if text in printed] == []
    with duckdb.connect(settings.published_dir / PERSONAL_FILE, read_only=True) as personal:
        names = personal.execute("select table_name from duckdb_tables() order by 1").fetchall()
        held = ("customer_contacts", "dimension_names", "employee_names", "quarantined_cells", "written_texts")
        assert names == [(name,) for name in held]
        [(contacts,)] = personal.execute("select count(email) from personal.customer_contacts").fetchall()
    assert contacts > 20


@pytest.fixture(scope="module")
def marked(first, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Marks, list[str]]:
    """A home of the sample that took in marks in three refreshes, and what each printed.

    The first stops at rows that can't be used, the second at an outcome nobody knows, the third publishes.
    """
    of_first, _, _ = first
    folder = tmp_path_factory.mktemp("marked")
    settings = Settings(home=folder / "home", landing=folder / "landing", as_of=SAMPLE_AS_OF)
    shutil.copytree(of_first.home, settings.home)
    shutil.copytree(SAMPLE_LANDING, settings.landing)
    marks = land_marked(of_first, settings.landing)
    options = ["--landing", str(settings.landing), "--as-of", str(SAMPLE_AS_OF)]
    options += ["--reporting-currency", SAMPLE_REPORTING_CURRENCY]
    allowed = ["--max-bad-share", "1"]
    accepted = ["--accept", "expect_outcomes_to_be_mapped:activities"]
    printed = []
    for more, code, said in (
        ([], 1, "rows can't be used"),
        (allowed, 1, "expect_outcomes_to_be_mapped"),
        ([*allowed, *accepted], 0, "Published"),
    ):
        done = refresh(settings.home, *options, *more)
        printed.append(done.stdout + done.stderr)
        assert (done.returncode, said in printed[-1]) == (code, True), printed[-1]
    return settings, marks, printed


def is_published(mark: Mark) -> bool:
    """Names and invoice numbers of businesses (docs/decisions/0032-free-text-and-invoice-numbers.md)."""
    return mark.is_good and (mark.table, mark.column, mark.row) in {
        ("customers", "customer_name", BUSINESS),
        ("invoices", "invoice_number", BUSINESS),
    }


@pytest.mark.long
def test_no_mark_is_in_what_is_published_but_names_and_numbers_of_businesses(marked) -> None:
    settings, marks, _ = marked
    apart = [settings.published_dir / PERSONAL_FILE.parent]
    found = found_in(settings.published_dir, without=apart)
    shown = marks.of(is_published)
    assert marks.named(set(found) - shown) == []
    assert set(found) == shown


@pytest.mark.long
def test_no_message_log_or_file_of_dbt_and_dagster_has_a_mark_that_may_name_a_person(marked) -> None:
    settings, marks, printed = marked
    found = found_in(settings.home, without=[*kept_apart(settings.home), settings.published_dir])
    hidden = marks.of(lambda mark: mark.is_hidden)
    # What columns that are neither can't take is said: the search sees what there is to see.
    assert "invoices.currency_code of a bad row (0)" in marks.named(found)
    assert {place: marks.named([text]) for text, place in found.items() if text in hidden} == {}
    assert marks.named(text for text in hidden if any(text in lines for lines in printed)) == []


@pytest.mark.long
def test_every_mark_is_in_the_landing_database_and_those_of_persons_in_their_own_publication(marked) -> None:
    settings, marks, _ = marked
    landed, personal = said_in(settings.landed_file), said_in(settings.published_dir / PERSONAL_FILE)
    assert marks.named(set(marks.put) - landed) == []
    hidden = marks.of(lambda mark: mark.is_good and mark.is_hidden and mark.column in columns_of(mark.table))
    assert marks.named(hidden - marks.of(is_published) - personal) == []
    assert marks.of(lambda mark: not mark.is_good) & personal != set()


def columns_of(table: str) -> set[str]:
    return {column.name for column in read_contract().table(table).columns}
