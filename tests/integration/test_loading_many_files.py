"""Many files in one load: what a first landing of years of daily files is.

Not here: what is found in a file (test_loading_files.py), several checked at the same moment (test_loading_at_once.py).
"""

import tempfile
from collections import Counter
from pathlib import Path

import pytest

from duebook.contract import read_contract
from duebook.landing import faults, work_folder
from duebook.landing.checking import check_file, checked_rows
from duebook.landing.erased import rewrite_checked
from duebook.landing.files import LandingError, find_files
from duebook.landing.loading import load_landing
from tests.support.landing.files import (
    CUSTOMER,
    INVOICE,
    invoices,
    load,
    raw,
    settings_for,
    staging,
    write_csv,
    write_file,
)

INVOICES = read_contract().table("invoices")
ENDINGS = (".csv", ".parquet", ".jsonl", ".csv.gz")
# Of each file of a load: its table, what was read of it, and how many rows of the raw tables are of it.
OF_EACH_FILE = """
    select source_file, loaded_files.table_name, rows_read, rows_loaded, rows_quarantined,
        count(rows.source_row), count(distinct rows.source_row), coalesce(max(rows.source_row), 0),
        (select count(*) from quarantined_rows where source_file_number = file_number),
        (select count(*) from landed_columns where source_file_number = file_number)
    from loaded_files
    left join (
        select source_file_number, source_row from invoices
        union all select source_file_number, source_row from customers
        union all select distinct source_file_number, source_row from quarantined_rows
    ) as rows on source_file_number = file_number
    group by all
"""


def land_day(folder: Path, day: int) -> None:
    """What a day brings: invoices, one of which can't be used, and a customer."""
    of_invoices = [INVOICE | {"invoice_id": f"{day}-{number}"} for number in range(day % 4 + 1)]
    bad = INVOICE | {"invoice_id": f"{day}-bad", "amount": "ten", "colour": "red"}
    ending = ENDINGS[day % len(ENDINGS)]
    write_file(folder / "landing" / "ar" / "invoices" / f"day_{day}{ending}", [*of_invoices, bad])
    write_file(folder / "landing" / "ar" / "customers" / f"day_{day}{ending}", [CUSTOMER | {"customer_id": f"C{day}"}])


def everything(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the raw tables, without what says in which load they came."""
    left_out = "load_id, loaded_at"
    return {
        "invoices": raw(folder, f"select * exclude ({left_out}, source_file_number) from invoices order by all"),
        "customers": raw(folder, f"select * exclude ({left_out}, source_file_number) from customers order by all"),
        "quarantine": raw(
            folder, f"select * exclude ({left_out}, source_file_number) from quarantined_rows order by all"
        ),
        "files": raw(folder, f"select * exclude ({left_out}, file_number) from loaded_files order by all"),
        "by file": raw(folder, f"{OF_EACH_FILE} order by all"),
    }


def test_files_loaded_at_once_give_the_same_rows_and_counts_as_in_several_loads(tmp_path: Path) -> None:
    at_once, daily = tmp_path / "at once", tmp_path / "daily"
    for day in range(4):
        land_day(at_once, day)
        land_day(daily, day)
        if day % 2:
            load(daily, max_bad_share=1)
    load(at_once, max_bad_share=1, threads=3)
    assert everything(at_once) == everything(daily)
    for _, table, read, good, bad, rows, places, last, problems, columns in everything(at_once)["by file"]:
        assert (good + bad, rows, places, last) == (read, read, read, read)
        assert bool(columns) and problems == bad == (table == "invoices")


def test_many_small_files_load_in_the_memory_of_a_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table for each of them took 0.6 MB, whatever they held, and the last ones found no room."""
    monkeypatch.setattr(work_folder, "STAGING_MEMORY", "64MB")
    files = 80
    for number in range(files):
        write_csv(tmp_path / "landing" / "ar" / "invoices" / f"{number}.csv", invoices(1))
    assert len(load(tmp_path, threads=1).files) == files


def test_a_long_load_says_how_many_files_it_has_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "FILES_A_LINE", 2)
    for number in range(4):
        write_csv(tmp_path / "landing" / "ar" / "invoices" / f"{number}.csv", invoices(1))
    write_csv(tmp_path / "landing" / "ar" / "customers" / "1.csv", [CUSTOMER])
    lines: list[str] = []
    load_landing(settings_for(tmp_path), lines.append)
    assert [line for line in lines if "read" in line.split()] == ["invoices: 2 of 4 files read"]


def test_a_file_that_is_refused_leaves_no_row_among_those_of_others(tmp_path: Path) -> None:
    folder = tmp_path / "landing" / "ar" / "invoices"
    write_csv(folder / "1.csv", invoices(2))
    # Read whole before it is refused: only tombstones may leave out the other columns.
    write_csv(folder / "2.csv", [{"invoice_id": f"I{number}", "is_deleted": "false"} for number in range(5)])
    write_csv(folder / "3.csv", invoices(3))
    with staging() as con, tempfile.TemporaryDirectory() as work:
        for number, file in enumerate(find_files(tmp_path / "landing", read_contract(), print), start=1):
            if number == 2:
                with pytest.raises(LandingError, match=r"2\.csv has no column"):
                    check_file(con, file, number, Path(work))
            else:
                check_file(con, file, number, Path(work))
        rows = con.execute(f"select source_file, source_row, invoice_id from {checked_rows(INVOICES)}").fetchall()
    assert sorted(rows) == [
        ("ar/invoices/1.csv", 1, "I1"),
        ("ar/invoices/1.csv", 2, "I2"),
        ("ar/invoices/3.csv", 1, "I1"),
        ("ar/invoices/3.csv", 2, "I2"),
        ("ar/invoices/3.csv", 3, "I3"),
    ]


def test_a_row_that_is_cleared_before_it_is_sent_leaves_all_in_their_places(tmp_path: Path) -> None:
    for number in (1, 2):
        write_csv(tmp_path / "landing" / "ar" / "invoices" / f"{number}.csv", invoices(3, invoice_number="A"))
    places = f"select source_file, source_row, invoice_id, invoice_number from {checked_rows(INVOICES)} order by all"
    with staging() as con, tempfile.TemporaryDirectory() as work:
        for number, file in enumerate(find_files(tmp_path / "landing", read_contract(), print), start=1):
            check_file(con, file, number, Path(work))
        before = con.execute(places).fetchall()
        assert rewrite_checked(con, INVOICES, {"invoice_number": "'B'"}, "checked.invoice_id = 'I2'") == 2
        after = con.execute(places).fetchall()
    assert len(before) == 6
    assert after == [(file, row, key, "B" if key == "I2" else "A") for file, row, key, _ in before]


@pytest.mark.long
def test_thousands_of_files_load_at_once(tmp_path: Path) -> None:
    days = 1_300
    for day in range(days):
        land_day(tmp_path, day)
    lines: list[str] = []
    load_landing(settings_for(tmp_path, max_bad_share=1), lines.append)
    of_files = raw(tmp_path, OF_EACH_FILE)
    assert Counter(table for _, table, *_ in of_files) == {"invoices": days, "customers": days}
    for _, _, read, good, bad, rows, places, last, problems, columns in of_files:
        assert (good + bad, rows, places, last, problems) == (read, read, read, read, bad)
        assert columns
    assert f"reading {2 * days:,} new files" in lines
    assert f"invoices: 1,000 of {days:,} files read" in lines
