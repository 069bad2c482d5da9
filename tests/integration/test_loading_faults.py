"""What can't be read is said in one line: file, place, cause, next step; and holds nothing of what was landed.

Here: what landed text may come into errors and logs, and files of other formats. Not here: rows that can be read
(test_loading_cells.py).
"""

import gzip
import json
import traceback

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duebook.landing.files import LandingError
from duebook.landing.opened import MOST_COLUMNS
from tests.support.landing.files import INVOICE, check, write_text

PERSON = "Mustermann"
HEADER = "invoice_id,company_id,customer_id,invoice_date,currency_code,amount,note"
LINE = f"I1,K,C1,2025-01-31,EUR,100.00,{PERSON}"
TEXT = f"{HEADER}\n{LINE}\n"
QUOTED = ";".join(f'"{cell}"' for cell in HEADER.split(","))
OBJECT = json.dumps(INVOICE | {"note": PERSON})
WIDE = {f"{PERSON} {n}": "x" for n in range(MOST_COLUMNS)}

FAULTS = {
    "no header": ("a.csv", f"{LINE}\n{LINE}\n", " of invoices; the header line seems to be missing"),
    "no header, twice one value": ("a.csv", f"{PERSON},{PERSON}\n", ", line 1: it has no column name of invoices"),
    "half a header": ("a.csv", f"invoice_id,amount,{PERSON}\n", " has no column company_id, customer_id"),
    "two columns of one name": ("a.csv", f"{HEADER},x,x\n", ", line 1: columns 8 and 9 have the same name: rename"),
    "another case": ("a.csv", TEXT.replace("invoice_id", "Invoice ID"), "'Invoice ID' must be called invoice_id"),
    "semicolons": ("a.csv", TEXT.replace(",", ";"), ", line 1: its cells are separated by semicolons: export it again"),
    "semicolons and quotes": ("a.csv", f"{QUOTED}\n", ", line 1: its cells are separated by semicolons"),
    "tabs": ("a.csv", TEXT.replace(",", "\t"), ", line 1: its cells are separated by tabs: export it again"),
    "bars": ("a.csv", TEXT.replace(",", "|"), ", line 1: its cells are separated by vertical bars: export it again"),
    "UTF-16": ("a.csv", TEXT.encode("utf-16"), ", line 1: the file is not UTF-8 text: it looks like UTF-16"),
    "UTF-16 without a mark": ("a.csv", TEXT.encode("utf-16-le"), ", line 1: the file is not UTF-8 text: it looks like"),
    "Windows-1252": (
        "a.csv",
        TEXT.replace(PERSON, f"{PERSON} é").encode("cp1252"),
        ", line 2, column note: the file is not UTF-8 text, but could be Windows-1252: export it as UTF-8",
    ),
    "Windows-1252 in the header": ("a.csv", TEXT.replace("note", "é").encode("cp1252"), ", line 1: the file is not"),
    "Excel": ("a.csv", b"PK\x03\x04" + PERSON.encode(), "it looks like a zip archive or an Excel workbook"),
    "JSON called CSV": ("a.csv", OBJECT, "it looks like JSON (whose name ends in .jsonl)"),
    "too many cells": (
        "a.csv",
        f"{TEXT}{LINE},{PERSON}\n",
        ", line 3: 8 cells, but the first line names 7 columns: put cells that contain a comma in quotation marks",
    ),
    "too few cells": (
        "a.csv",
        f"{TEXT}I2,{PERSON}\n",
        ": 2 cells, but the first line names 7 columns: write every cell: an empty cell needs its comma, too",
    ),
    "a note for Excel": ("a.csv", f"sep=,\n{TEXT}", "this one is an instruction for Excel: remove the line sep=,"),
    "a note for Excel on semicolons": ("a.csv", f"\ufeffsep=;\n{TEXT}", "for Excel: remove the line sep=;"),
    "a line that stops": ("a.jsonl", f'{OBJECT}\n{{"amount": 1\n', ": Expecting ',' delimiter at character 13"),
    "a line that stops, of Windows": ("a.jsonl", '{"amount": 1\r\n', ": Expecting ',' delimiter at character 13"),
    "an open quote": ("a.csv", f'{TEXT}I2,"{PERSON}\n', ", line 3: a closing quotation mark is missing"),
    "a huge cell": ("a.csv", f"{TEXT}{LINE}{'x' * 10_000_000}\n", ", line 3, column note: the line is longer than"),
    "a huge header": ("a.csv", HEADER + "x" * 200_000, ", line 1: field larger than field limit"),
    "an endless line": ("a.csv", HEADER + ",x" * 2_000_000, ": the line is longer than 2,000,000 bytes"),
    "too many columns": ("a.csv", f"{HEADER},{','.join(WIDE)}\n", f" has {MOST_COLUMNS + 7} columns; 500 is the most"),
    "a NUL in the header": ("a.csv", TEXT.replace("note", "no\0te"), ": the name of column 7 contains a NUL"),
    "not packed": ("a.csv.gz", TEXT, ": the gzip file is broken"),
    "no JSON": ("a.jsonl", f"{OBJECT}\n{{{PERSON}\n", ", line 2: not a JSON object on one line"),
    "no JSON object": ("a.jsonl", f'"{PERSON}"\n', ", line 1: not a JSON object: every line must be one"),
    "a key twice": ("a.jsonl", f'{{"{PERSON}": 1, "{PERSON}": 2}}', ", line 1: the same key appears twice"),
    "a NUL in a key": ("a.jsonl", OBJECT[:-1] + ', "a\\u0000b": 1}', ", line 1: a key contains a NUL"),
    "half a letter": ("a.jsonl", OBJECT[:-1] + ', "a": "\\ud800"}', ", line 1: half of a surrogate pair"),
    "half a letter in a key": ("a.jsonl", OBJECT[:-1] + ', "\\udfff": 1}', ", line 1: half of a surrogate pair"),
    "JSON not in UTF-8": ("a.jsonl", f"{OBJECT}\n".encode() + b'{"a": "\xff"}', ", line 2: the file is not UTF-8 text"),
    "JSON too deep": ("a.jsonl", '{"a":' + "[" * 100_000, ", line 1: nested too deeply to be a row"),
    "a huge line": ("a.jsonl", OBJECT[:-2] + "x" * 10_000_000 + '"}', ": the line is longer than 2,000,000 bytes"),
    "too many keys": ("a.jsonl", json.dumps(INVOICE | WIDE), ", line 1: with this line the file has more than 500"),
    "keys missing": ("a.jsonl", json.dumps({PERSON: 1, "amount": 1}), " has no column invoice_id"),
    "Parquet not in UTF-8": ("a.parquet", {"note": [PERSON.encode() + b"\xff"]}, "column note: contains bytes that"),
    "a NUL in a Parquet column": ("a.parquet", {"a\0b": [1]}, "the name of column 7 contains a NUL"),
    "no Parquet column name": ("a.parquet", {"": [1]}, ": column 7 has no name"),
    "two Parquet columns but for case": ("a.parquet", {"AMOUNT": [1]}, ": two columns are called AMOUNT, ignoring"),
    "no Parquet": ("a.parquet", f"PAR1{PERSON}", ": not a readable Parquet file"),
}  # fmt: skip


def landed(folder, name, content):
    """The file: text, bytes, or columns beside those of a good invoice."""
    if not isinstance(content, dict):
        return write_text(folder / name, content)
    columns = {column: [value] for column, value in INVOICE.items()} | content
    pq.write_table(pa.table(columns), folder / name)
    return folder / name


@pytest.mark.parametrize(("name", "content", "words"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_line_that_holds_nothing_of_the_file(tmp_path, name, content, words):
    with pytest.raises(LandingError) as refusal:
        check(landed(tmp_path, name, content))
    told = str(refusal.value)
    assert told.startswith(f"ar/invoices/{name}")
    assert words in told
    assert len(told.splitlines()) == 1
    # What logs print: causes and what an error was raised under.
    assert PERSON not in "".join(traceback.format_exception(refusal.value))


@pytest.mark.parametrize(
    "fault", ["a.csv-no header", "a.jsonl-no JSON", "a.csv-an open quote", "a.parquet-not in UTF-8"]
)
def test_what_a_run_keeps_of_a_fault_holds_nothing_of_the_file(tmp_path, materialize, fault):
    cases = {
        "a.csv-no header": FAULTS["no header"],
        "a.jsonl-no JSON": FAULTS["no JSON"],
        "a.csv-an open quote": FAULTS["an open quote"],
        "a.parquet-not in UTF-8": FAULTS["Parquet not in UTF-8"],
    }
    name, content, words = cases[fault]
    landed(tmp_path / "landing" / "ar" / "invoices", name, content)
    result = materialize()
    (event,) = [event for event in result.all_events if event.event_type == dg.DagsterEventType.STEP_FAILURE]
    assert words in event.step_failure_data.user_failure_data.description
    assert PERSON not in str(event)
    assert PERSON not in event.step_failure_data.error.to_string()


def test_a_packed_file_is_told_its_format_as_an_unpacked_one(tmp_path):
    with pytest.raises(LandingError, match=r"a\.csv\.gz, line 1: its cells are separated by semicolons"):
        check(write_text(tmp_path / "a.csv.gz", gzip.compress(TEXT.replace(",", ";").encode())))


@pytest.mark.parametrize("columns", [2, MOST_COLUMNS - len(INVOICE)])
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_columns_the_contract_does_not_know_are_kept_up_to_the_limit(tmp_path, kind, columns):
    row = INVOICE | {f"x{n}": str(n) for n in range(columns)}
    match kind:
        case "csv":
            path = write_text(tmp_path / "a.csv", f"{','.join(row)}\n{','.join(row.values())}\n")
        case "jsonl":
            path = write_text(tmp_path / "a.jsonl", json.dumps(row))
        case _:
            path = landed(tmp_path, "a.parquet", {name: [value] for name, value in row.items()})
    (good,) = check(path).good
    assert json.loads(good["extra_columns"]) == {f"x{n}": str(n) for n in range(columns)}
