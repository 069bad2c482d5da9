"""Files checked several at once: what is found, and the order it is told in, is that of one file after the other.

Not here: what is found in a file (test_loading_files.py, test_loading_faults.py).
"""

import gzip
import tempfile
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duebook.contract import read_contract
from duebook.landing import checking
from duebook.landing.checking import check_at_once, check_file, checked_rows
from duebook.landing.faults import check_files, table_lines, write_all
from duebook.landing.files import LandedFile, find_files
from duebook.landing.reading import NotEnoughMemoryError
from tests.support.landing.files import (
    CUSTOMER,
    INVOICE,
    invoices,
    rows_of,
    settings_for,
    staging,
    write_csv,
    write_jsonl,
)

MANY = 40
INVOICES = read_contract().table("invoices")


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of two tables and all formats, large and small, good and bad, some of which can't be read."""
    folder = tmp_path_factory.mktemp("many")
    of_invoices, of_customers = folder / "landing" / "ar" / "invoices", folder / "landing" / "ar" / "customers"
    for number in range(MANY):
        rows = invoices(2000 if number % 10 == 0 else 3, invoice_date=f"2025-01-{number % 28 + 1:02}")
        match number % 8:
            case 0:
                write_csv(of_invoices / f"load_{number}.csv", [*rows, INVOICE | {"amount": f"x{number}"}])
            case 1:
                write_jsonl(of_invoices / f"load_{number}.jsonl", rows)
            case 2:
                packed = write_csv(of_invoices / "unpacked", rows)
                (of_invoices / f"load_{number}.csv.gz").write_bytes(gzip.compress(packed.read_bytes()))
                packed.unlink()
            case 3:
                pq.write_table(pa.Table.from_pylist(rows), of_invoices / f"load_{number}.parquet")
            case 4:
                write_csv(of_customers / f"load_{number}.csv", [CUSTOMER | {"Customer_Name": "K"}])
            case 5:
                (of_invoices / f"load_{number}.jsonl").write_text('{"invoice_id": \n')
            case 6:
                write_csv(of_invoices / f"load_{number}.csv", [{"invoice_id": "I", "amount": "1.00"}])
            case _:
                content = 'invoice_id,company_id,customer_id,invoice_date,currency_code,amount\nI,K,"' + "a" * 200_000
                (of_invoices / f"load_{number}.csv").write_text(content)
    return folder


def files_of(folder: Path) -> list[tuple[int, LandedFile]]:
    return list(enumerate(find_files(folder / "landing", read_contract(), lambda line: None), start=5))


def told(folder: Path, threads: int, work: Path) -> dict[str, object]:
    """Everything that is told of a landing's files."""
    lines: list[str] = []
    with staging() as con:
        found = check_files(con, files_of(folder), work, lines.append, settings_for(folder, threads=threads))
        write_all(con, found, work / "logs" / "all.csv")
        return {
            "lines": lines,
            "unreadable": [(file.name, words) for file, words in found.unreadable],
            "checked": found.checked,
            "of tables": [line for files in found.checked.values() for line in table_lines(con, files, 0.0)],
            "problems": (work / "logs" / "all.csv").read_text(),
            "rows": con.execute(
                f"select * from {checked_rows(INVOICES)} order by source_file_number, source_row"
            ).fetchall(),
            "left": sorted(path.name for path in work.iterdir()),
        }


def test_many_at_once_are_told_of_as_one_after_the_other(landing: Path, tmp_path: Path) -> None:
    works = {threads: tmp_path / str(threads) for threads in (1, 4)}
    for work in works.values():
        work.mkdir()
    one, four = (told(landing, threads, work) for threads, work in works.items())
    assert four == one
    assert len(one["unreadable"]) == 3 * MANY // 8
    assert [file.number for file in one["checked"]["invoices"]] == sorted(
        file.number for file in one["checked"]["invoices"]
    )
    assert one["left"] == ["logs"]


def test_what_a_thread_reads_is_in_utc_wherever_the_machine_is(tmp_path: Path) -> None:
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "a.csv", invoices(1, updated_at="2025-01-31T10:00:00+02:00"))
    with staging() as con:
        con.execute("set global TimeZone = 'Asia/Kolkata'")
        found = check_files(con, files_of(tmp_path), tmp_path, lambda line: None, settings_for(tmp_path))
        [file] = found.checked["invoices"]
        assert con.execute(f"select updated_at from {rows_of(file)}").fetchall() == [(datetime(2025, 1, 31, 8),)]


def test_a_file_for_which_others_left_too_little_memory_is_read_again_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        write_csv(tmp_path / "landing" / "ar" / "invoices" / f"{number}.csv", invoices(number))
    busy, alone = set(), threading.current_thread()

    def needs_it_all(con: duckdb.DuckDBPyConnection, file: LandedFile, *more: object) -> object:
        """Stand for a file that leaves no memory to others, and fails where any of them is read."""
        busy.add(file.name)
        try:
            if threading.current_thread() is not alone:
                raise NotEnoughMemoryError(f"{file.name}: reading it takes too much memory")
            assert busy == {file.name}
            return check_file(con, file, *more)
        finally:
            busy.discard(file.name)

    monkeypatch.setattr(checking, "check_file", needs_it_all)
    with staging() as con:
        found = check_files(con, files_of(tmp_path), tmp_path, lambda line: None, settings_for(tmp_path))
    assert [file.rows_read for file in found.checked["invoices"]] == [1, 2, 3, 4, 5]
    assert found.unreadable == []


def test_who_stops_a_check_waits_for_no_file_that_isnt_begun(landing: Path) -> None:
    before = set(threading.enumerate())
    with staging() as con, tempfile.TemporaryDirectory() as work:
        with closing(check_at_once(con, files_of(landing), Path(work), settings_for(landing, threads=2))) as results:
            next(results)
        [(checked,)] = con.execute("select count(*) from checked_files").fetchall()
        assert not list(Path(work).iterdir())
    # Five of eight can be read.
    assert 1 <= checked < MANY * 5 // 8
    assert set(threading.enumerate()) <= before
