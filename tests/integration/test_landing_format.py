"""What the contract says a file has to look like (dbt_project/models/sources/README.md), held against the loader.

Every sentence has files that keep to it and files that don't. Not here: each cell and type
(test_loading_cells.py, test_loading_types.py).
"""

import gzip
import json
import re
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duebook.contract import SOURCES_DIR, read_contract
from duebook.landing.files import LandingError, find_files
from tests.support.landing.files import INVOICE, check, write_text

STATED = dict(
    re.findall(r"^\| (.+?) \| (.+) \|$", (SOURCES_DIR / "README.md").read_text().split("\n## Files\n")[1], re.MULTILINE)
)
HEADER, LINE = ",".join(INVOICE), ",".join(INVOICE.values())
AMOUNT = Decimal("100.0000")


def cell(column, written):
    """A CSV file of one invoice with this cell."""
    row = INVOICE | {column: written}
    return "a.csv", f"{','.join(row)}\n{','.join(row.values())}\n"


def line(column, written):
    """A file of one JSON line with this value, as it is written."""
    return "a.jsonl", json.dumps(INVOICE | {column: "HERE"}).replace('"HERE"', written)


# What is stated, a file, and what becomes of it: a column's value, `waits` in quarantine, or why it is refused.
EXAMPLES = [
    ("encoding", "a.csv", f"{HEADER}\n{LINE}\n".replace("K", "Müller"), ("company_id", "Müller")),
    ("encoding", "a.csv", f"\ufeff{HEADER}\n{LINE}\n", ("amount", AMOUNT)),
    ("encoding", "a.jsonl", "\ufeff" + json.dumps(INVOICE), ("amount", AMOUNT)),
    ("encoding", "a.csv", f"{HEADER}\n{LINE}\n".replace("K", "Müller").encode("cp1252"), "the file is not UTF-8 text"),
    ("encoding", "a.csv", f"{HEADER}\n{LINE}\n".encode("utf-16"), "the file is not UTF-8 text"),
    ("CSV", "a.csv", f'{HEADER}\n{LINE}\n'.replace("C1", '"a ""b"", c\nd"'), ("customer_id", 'a "b", c\nd')),
    ("CSV", "a.csv", f'{HEADER}\n{LINE}\n'.replace("C1", ' " C1" '), ("customer_id", " C1")),
    ("CSV", "a.csv", f"{HEADER}\n{LINE},\n", "more cells than the 6 columns"),
    ("CSV", "a.csv", f"{HEADER}\n{LINE}\n".replace(",", ";"), "its cells are separated by semicolons"),
    ("CSV", "a.csv", f"{HEADER}\n{LINE}\n".replace("C1", '"C"1'), "a closing quotation mark is missing, or"),
    ("header", "a.csv", f"tax_amount,{HEADER}\n1,{LINE}\n", ("amount", AMOUNT)),
    ("header", "a.csv", f'{HEADER},"a\nb"\n{LINE},Wien\n', ("extra_columns", '{"a\\nb":"Wien"}')),
    ("header", "a.csv", f'{HEADER},"a\r\nb"\r\n{LINE},Wien\r\n', ("amount", AMOUNT)),
    ("header", "a.csv", f'{HEADER},"a\nb"\r\n{LINE},Wien\r\n', "column 7 contains another line break than the one"),
    ("header", "a.csv", f'{HEADER},"a\r\nb"\n{LINE},Wien\n', "column 7 contains another line break than the one"),
    ("header", "a.csv", f"{HEADER},branch\n{LINE},Wien\n", ("extra_columns", '{"branch":"Wien"}')),
    ("header", "a.csv", f"{HEADER.upper()}\n{LINE}\n", "'INVOICE_ID' must be called invoice_id"),
    ("header", "a.csv", f"{LINE}\n", "has no column name of invoices"),
    ("header", "a.csv", f"{HEADER},amount\n{LINE},1\n", "two columns are called amount"),
    ("line ends", "a.csv", f"{HEADER}\n\n{LINE}\n\n", ("amount", AMOUNT)),
    ("line ends", "a.csv", f"{HEADER}\r\n{LINE}\r\n", ("amount", AMOUNT)),
    ("line ends", "a.csv", f"{HEADER}\r\n{LINE}\n{LINE}\r\n", "mixed line endings"),
    ("JSON lines", *line("amount", "12345678901234.5678"), ("amount", Decimal("12345678901234.5678"))),
    ("JSON lines", *line("due_date", "null"), ("due_date", None)),
    ("JSON lines", "a.jsonl", json.dumps([INVOICE]), "not a JSON object"),
    ("JSON lines", "a.jsonl", json.dumps(INVOICE, indent=1), "not a JSON object on one line"),
    ("Parquet", "a.parquet", pa.array([0.1]), ("amount", Decimal("0.1000"))),
    ("Parquet", "a.parquet", pa.array([0.1], pa.float32()), ("amount", Decimal("0.1000"))),
    ("Parquet", "a.parquet", pa.array([0.1 + 0.2]), "waits"),
    ("Parquet", "a.parquet", pa.array([Decimal(100)], pa.decimal256(39, 4)), "a decimal of 39 digits"),
    ("Parquet", "a.parquet", pa.array([1], pa.float16()), "a float of 16 bits"),
    ("Parquet", "a.parquet", pa.array([1], pa.duration("s")), "a duration"),
    ("gzip", "a.csv.gz", gzip.compress(f"{HEADER}\n{LINE}\n".encode()), ("amount", AMOUNT)),
    ("gzip", "a.csv.gz", f"{HEADER}\n{LINE}\n", "it is not packed"),
    ("gzip", "a.csv", gzip.compress(f"{HEADER}\n{LINE}\n".encode()), "it looks like a gzip file"),
    ("empty", *cell("due_date", ""), ("due_date", None)),
    ("empty", *cell("invoice_number", '""'), ("invoice_number", None)),
    ("empty", *cell("due_date", "  "), ("due_date", None)),
    ("empty", *cell("invoice_number", " x "), ("invoice_number", " x ")),
    ("date", *cell("due_date", " 2025-04-29"), ("due_date", date(2025, 4, 29))),
    ("date", *cell("due_date", "2025-04-29T00:00:00Z"), ("due_date", date(2025, 4, 29))),
    ("date", *cell("due_date", "2025-04-29T00:00:01Z"), "waits"),
    ("date", *cell("due_date", "29.04.2025"), "waits"),
    ("timestamp", *cell("updated_at", "2025-04-29T14:05:01"), ("updated_at", datetime(2025, 4, 29, 14, 5, 1))),
    ("timestamp", *cell("updated_at", "2025-04-29T14:05:01+02:00"), ("updated_at", datetime(2025, 4, 29, 12, 5, 1))),
    (
        "timestamp",
        *cell("updated_at", "2025-04-29T14:05:01.123456789Z"),
        ("updated_at", datetime(2025, 4, 29, 14, 5, 1, 123456)),
    ),
    ("timestamp", *cell("updated_at", "29/04/2025 14:05"), "waits"),
    ("decimal", *cell("tax_amount", "-1234.56"), ("tax_amount", Decimal("-1234.5600"))),
    ("decimal", *cell("tax_amount", "1.10000000"), ("tax_amount", Decimal("1.1000"))),
    ("decimal", *line("tax_amount", "1.5E7"), ("tax_amount", Decimal("15000000.0000"))),
    *(("decimal", *cell("tax_amount", f'"{landed}"'), "waits") for landed in ("1,234.56", "12,5", "1.10001", "1.5E7")),
    ("decimal", *line("tax_amount", '"1.5E7"'), "waits"),
    ("boolean", *cell("is_credit_sale", "TRUE"), ("is_credit_sale", True)),
    ("boolean", *cell("is_credit_sale", "false"), ("is_credit_sale", False)),
    ("boolean", *cell("is_credit_sale", "1"), "waits"),
    ("limits", "a.csv", f"{HEADER},{','.join(f'x{n}' for n in range(495))}\n", "has 501 columns; 500 is the most"),
    ("limits", *cell("invoice_number", "x" * 2_000_000), "longer than 2,000,000 bytes"),
    ("limits", *line("invoice_number", json.dumps("x" * 2_000_000)), "longer than 2,000,000 bytes"),
]  # fmt: skip


def test_every_sentence_has_its_examples():
    assert set(STATED) - {"what", "---", "place", "order", "whole number"} == {what for what, *_ in EXAMPLES}


@pytest.mark.parametrize(
    ("name", "content", "becomes"),
    [example[1:] for example in EXAMPLES],
    ids=[f"{what} {place}" for place, (what, *_) in enumerate(EXAMPLES)],
)
def test_a_file_is_read_as_the_contract_says(tmp_path, name, content, becomes):
    path = tmp_path / name
    if isinstance(content, pa.Array):
        pq.write_table(pa.table({key: [value] for key, value in INVOICE.items()} | {"amount": content}), path)
    else:
        write_text(path, content)
    if isinstance(becomes, str) and becomes != "waits":
        with pytest.raises(LandingError) as refusal:
            check(path)
        assert becomes in str(refusal.value)
        return
    checked = check(path)
    assert checked.file.rows_read == 1
    if becomes == "waits":
        assert checked.good == []
    else:
        column, value = becomes
        assert checked.good[0][column] == value


@pytest.mark.parametrize(("landed", "value"), [("30", 30), ("-30", None), ("30.0", None), ("3e1", None)])
def test_a_whole_number_is_digits(tmp_path, landed, value):
    path = write_text(tmp_path / "a.csv", f"customer_id,payment_terms_days\nC1,{landed}\n")
    assert [row["payment_terms_days"] for row in check(path, "customers").good] == ([value] if value else [])


def test_files_are_taken_by_place_and_ending_and_in_natural_order(tmp_path):
    endings = re.findall(r"`(\.[a-z.]+)`", STATED["place"])
    assert sorted(endings) == [".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet"]
    folder = tmp_path / "ar" / "invoices"
    for name in [*(f"a{ending}" for ending in endings), "load_10.csv", "load_2.csv", ".hidden.csv"]:
        write_text(folder / name, "")
    found = [file.path.name for file in find_files(tmp_path, read_contract(), print)]
    assert found == [*sorted(f"a{ending}" for ending in endings), "load_2.csv", "load_10.csv"]
