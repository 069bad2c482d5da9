"""Files changed at random: no crash without a named cause, no value that another reader doesn't read, no row lost.

`make fuzz FUZZ_FILES=10000 FUZZ_SEED=7` tries as many, from that seed on, and loads those that can be read at once;
every failure names the seed of its file, and `FUZZ_FILES=1` with it repeats that one.
"""

import gzip
import os
import random
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from duebook.contract import read_contract
from duebook.landing.checking import check_file
from duebook.landing.files import ENDINGS, LandedFile, LandingError, ending_of
from tests.support.landing.files import invoices, load, raw, records, rows_of, staging, write_csv, write_text
from tests.support.landing.fuzzing import mutant, read_by_others
from tests.support.landing.reading import as_day, as_flag, as_money, as_text, truth

FILES = int(os.environ.get("FUZZ_FILES") or 400)
SEED = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(10**9))
USUAL_FILES, USUAL_SEED = 40, 2_000
TEXTS = {"amount": as_money, "tax_amount": as_money, "due_date": as_day, "invoice_date": as_day}
TEXTS |= {"is_credit_sale": as_flag, "invoice_id": as_text, "customer_id": as_text, "currency_code": as_text}
TYPES = {"tax_amount": "tax_amount", "amount": "tax_amount", "due_date": "due_date", "updated_at": "updated_at"}
TYPES |= {"is_credit_sale": "is_credit_sale"}


def tried(folder, seed):
    """Why one file is refused, or None; the file stays in the landing where it is read."""
    file = mutant(seed)
    path = write_text(folder / "ar" / "invoices" / f"{seed}{file.ending}", file.content)
    landed = LandedFile(read_contract().table("invoices"), path, f"ar/invoices/{path.name}", file.ending)
    with staging() as con, tempfile.TemporaryDirectory() as work:
        try:
            checked = check_file(con, landed, 1, Path(work))
        except LandingError as error:
            told = str(error)
            assert told.startswith(landed.name), told
            assert len(told.splitlines()) == 1, told
            path.unlink()
            return told
        rows = records(con, f"select * from {rows_of(checked)} order by source_row")
    assert checked.rows_read == len(rows)
    assert checked.rows_quarantined == sum(row["problems"] is not None for row in rows)
    try:
        others = read_by_others(path, file.ending)
    except OSError:
        # Of a Parquet file, what only others read may be damaged: statistics of pages, which say nothing of rows.
        assert file.ending == ".parquet"
        return None
    assert len(rows) == len(others)
    for row, other in zip(rows, others, strict=True):
        if row["problems"] is None:
            hold_against(row, other, file.ending)
    return None


def hold_against(row, other, ending):
    """A loaded row has the values that another reader has."""
    if ending == ".parquet":
        for column, meaning in TYPES.items():
            value = other.get(column)
            if isinstance(value, str | bytes):
                continue
            assert row[column] == truth(value, pa.float64(), meaning), (column, value)
        return
    for column, cast in TEXTS.items():
        value = other.get(column)
        if value is None or isinstance(value, str):
            text = value if value is None or cast is as_text else value.strip(" \t\r\n").removesuffix("T00:00:00Z")
            assert row[column] == (None if text is None else cast(text)), (column, value)
        elif isinstance(value, bool):
            assert row[column] == value or cast is as_text, (column, value)
        elif cast is as_money:
            assert row[column] == value, (column, value)


def failed(folder, seeds):
    """The seeds whose files didn't do what they should, with what went wrong."""
    wrong = {}
    for seed in seeds:
        try:
            tried(folder, seed)
        except Exception as error:
            wrong[seed] = f"{type(error).__name__}: {error}"
            print(f"FUZZ_SEED={seed} FUZZ_FILES=1: {wrong[seed]}")
    return wrong


def test_files_changed_at_random_are_read_as_others_read_them_or_refused(tmp_path):
    assert failed(tmp_path, range(USUAL_SEED, USUAL_SEED + USUAL_FILES)) == {}


def test_a_bit_that_flips_in_a_gzip_file_is_found_or_changes_no_row(tmp_path):
    """Its checksum covers all content; some bits of its head say only when and where it was packed."""
    packed = gzip.compress(write_csv(tmp_path / "a.csv", invoices(20)).read_bytes(), mtime=0)
    table, outcomes = read_contract().table("invoices"), set()
    for at in range(0, len(packed), 5):
        flipped = bytearray(packed)
        flipped[at] ^= 1 << at % 8
        path = write_text(tmp_path / f"{at}.csv.gz", bytes(flipped))
        with staging() as con, tempfile.TemporaryDirectory() as work:
            try:
                checked = check_file(con, LandedFile(table, path, path.name, ".csv.gz"), 1, Path(work))
            except LandingError as error:
                assert str(error).startswith(path.name)
                outcomes.add("refused")
                continue
            rows = con.execute(f"select count(distinct invoice_id), sum(amount) from {rows_of(checked)}").fetchall()
            outcomes.add(("read", checked.rows_read, checked.rows_quarantined, *rows[0]))
    assert outcomes <= {"refused", ("read", 20, 0, 20, 2000)}
    assert "refused" in outcomes


@pytest.mark.slow
def test_many_files_changed_at_random_are_read_as_others_read_them_or_refused_and_no_row_is_lost(tmp_path):
    print(f"FUZZ_SEED={SEED} FUZZ_FILES={FILES}")
    wrong = failed(tmp_path / "landing", range(SEED, SEED + FILES))
    assert wrong == {}
    path = write_csv(tmp_path / "landing" / "ar" / "invoices" / "good.csv", invoices(1))
    load(tmp_path, max_bad_share=1)
    counts = raw(
        tmp_path,
        "with kept as (select source_file_number, count(*) as rows from invoices group by all), held as ("
        " select source_file_number, count(distinct source_row) as rows from quarantined_rows group by all)"
        " select source_file, rows_read, rows_loaded, coalesce(kept.rows, 0), coalesce(held.rows, 0) from loaded_files"
        " left join kept on file_number = kept.source_file_number"
        " left join held on file_number = held.source_file_number",
    )
    assert [one for one in counts if (one[1], one[2]) != (one[3] + one[4], one[3])] == []
    assert {name for name, *_ in counts} == {f"ar/invoices/{file.name}" for file in path.parent.iterdir()}
    endings = {ending_of(name) for name, *_ in counts}
    assert endings == set(ENDINGS) or FILES < 400, "every format was read"
    print(f"{len(counts)} files read, {FILES + 1 - len(counts)} refused, {sum(one[1] for one in counts)} rows")
