"""What a refresh's report says of what came in: read from the landing database, by table, of that refresh alone."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from duebook.publication.run_facts import Arrived, read_arrivals

FIRST, SECOND, BEGAN = datetime(2026, 6, 1, 6), datetime(2026, 6, 2, 6), datetime(2026, 6, 2, 5, 59)
UNTIL = datetime(2026, 6, 2, 7)


@pytest.fixture
def landed_file(tmp_path: Path) -> Path:
    """Two loads: in the second, of disputes one new, one amended twice and one deleted, and one held back."""
    file = tmp_path / "landing.duckdb"
    with duckdb.connect(file) as landing:
        landing.execute("create schema raw")
        landing.execute(
            "create table raw.loaded_files (file_number bigint, table_name varchar, loaded_at timestamp,"
            " rows_read bigint, rows_loaded bigint, rows_quarantined bigint)"
        )
        landing.executemany(
            "insert into raw.loaded_files values (?, ?, ?, ?, ?, ?)",
            [
                (1, "disputes", FIRST, 3, 3, 0),
                (2, "invoices", FIRST, 1, 1, 0),
                (3, "disputes", SECOND, 4, 3, 1),
                (4, "disputes", SECOND, 1, 1, 0),
            ],
        )
        for table, key in (("disputes", "dispute_id"), ("invoices", "invoice_id")):
            landing.execute(f"create table raw.{table} ({key} varchar, is_deleted boolean, source_file_number bigint)")
        landing.executemany(
            "insert into raw.disputes values (?, ?, ?)",
            [
                ("D1", False, 1), ("D2", None, 1), ("D3", None, 1),
                ("D1", None, 3), ("D2", True, 3), ("D4", None, 3),
                ("D1", False, 4),
            ],
        )  # fmt: skip
    return file


def test_what_came_in_is_told_by_table_of_this_refresh_alone(landed_file: Path) -> None:
    [disputes] = read_arrivals(landed_file, BEGAN, UNTIL)
    assert disputes == Arrived("disputes", files=2, read=5, loaded=4, held_back=1, amended=2, deleted=1)


def test_of_a_first_load_nothing_was_known_before(landed_file: Path) -> None:
    arrivals = read_arrivals(landed_file, FIRST, FIRST)
    assert [(one.table, one.read, one.amended) for one in arrivals] == [("disputes", 3, 0), ("invoices", 1, 0)]


def test_what_landed_before_it_began_or_after_it_published_is_not_its_own(landed_file: Path) -> None:
    assert read_arrivals(landed_file, datetime(2026, 6, 2, 6, 0, 1), UNTIL) == []
    assert [one.files for one in read_arrivals(landed_file, FIRST, BEGAN)] == [1, 1]


def test_where_nothing_was_ever_loaded_nothing_came_in(tmp_path: Path) -> None:
    duckdb.connect(tmp_path / "landing.duckdb").close()
    assert read_arrivals(tmp_path / "landing.duckdb", BEGAN, UNTIL) == []


def test_a_landing_database_that_is_gone_or_damaged_stops_no_report(tmp_path: Path) -> None:
    assert read_arrivals(tmp_path / "landing.duckdb", BEGAN, UNTIL) is None
    (tmp_path / "landing.duckdb").write_text("no database, but many words" * 1000)
    assert read_arrivals(tmp_path / "landing.duckdb", BEGAN, UNTIL) is None
