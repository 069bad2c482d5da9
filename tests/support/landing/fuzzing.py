"""Landed files as no exporter should write them, and readers of them that are not ours.

Here: from a seed, a good file of some format and what becomes of it (bytes, cells and types changed); what Python's
``csv``, ``json`` and ``gzip`` and pyarrow read of it. Not here: any expectation (test_loading_fuzz.py).
"""

import csv
import gzip
import io
import json
import random
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from duebook.landing.files import ENDINGS

COLUMNS = ("invoice_id", "company_id", "customer_id", "invoice_date", "currency_code", "amount", "tax_amount")
COLUMNS += ("due_date", "is_credit_sale", "updated_at", "note")
# Spaces around quotation marks count for nothing; those of other cells do.
OF_CELLS = re.compile(r' *(?P<quoted>"(?:[^"]|"")*") *|[^,\r\n]+')
# What exports are known to hold where something else was meant.
ODD_CELLS = (
    *("", " ", '"', '""', "'", ",", ";", "\t", "\n", "\r\n", "\r", "\0", "\ufeff", "é", "\u2028", "😀", "\\", "NULL"),
    *("nan", "NaN", "inf", "-0", "0", "1e400", "1E2", "1e-400", "12345678901234567890.12", "99999999999999.9999"),
    *("47844229454746.27", "0.00001", "TRUE", "false", "1", "yes", "2025-02-29", "2025-01-31T00:00:00Z", "31/01/2025"),
    *("9999-12-31", "0001-01-01", "2025-01-31T23:59:60Z", "2025-01-31T10:00:00+14:00", "infinity", "{}", "[1.10]"),
)  # fmt: skip
ODD_BYTES = (
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"{",
    b"}",
    b"\\",
    b"\\u0000",
    b"1e9",
    b" ",
)
ODD_TYPES = (
    *(pa.int8(), pa.int16(), pa.int64(), pa.uint8(), pa.uint64(), pa.float32(), pa.float64(), pa.string(), pa.binary()),
    *(pa.decimal128(38, 10), pa.decimal128(9, 2), pa.decimal256(50, 4), pa.date32(), pa.date64(), pa.bool_()),
    *(pa.timestamp("s"), pa.timestamp("ms", "UTC"), pa.timestamp("us", "Europe/Vienna"), pa.timestamp("ns")),
    *(pa.time64("us"), pa.duration("s"), pa.list_(pa.float64()), pa.large_string(), pa.float16(), pa.null()),
    pa.dictionary(pa.int32(), pa.string()),
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A file's ending and bytes."""

    ending: str
    content: bytes


def mutant(seed: int) -> Mutant:
    """The file of a seed: always the same."""
    chance = random.Random(seed)
    ending = chance.choice(sorted(ENDINGS))
    match ending.removesuffix(".gz"):
        case ".csv":
            content = _csv(chance)
        case ".jsonl":
            content = _jsonl(chance)
        case ".parquet":
            content = _parquet(chance)
    if chance.random() < 0.5:
        content = _with_changed_bytes(chance, content)
    if ending.endswith(".gz"):
        content = gzip.compress(content, mtime=0)
        if chance.random() < 0.2:
            content = _with_changed_bytes(chance, content)
    return Mutant(ending, content)


def read_by_others(path: Path, ending: str) -> list[dict[str, Any]]:
    """The rows of a file by readers that are not ours: texts, or in Parquet its own values.

    Raises:
        Exception: whatever they raise when they can't read it.
    """
    content = path.read_bytes()
    if ending.endswith(".gz"):
        content = gzip.decompress(content)
    match ending.removesuffix(".gz"):
        case ".csv":
            text = OF_CELLS.sub(lambda cell: cell["quoted"] or cell[0], content.decode("utf-8-sig"))
            header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
            names = [name.strip() for name in header]
            return [dict(zip(names, row, strict=True)) for row in rows if row]
        case ".jsonl":
            lines = content.decode("utf-8-sig").split("\n")
            objects = [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in lines if line.strip()]
            return [{str(name): value for name, value in one.items()} for one in objects]
        case ".parquet":
            table = pq.read_table(path)
            columns = {
                field.name: [_other_value(value, field.type) for value in table[place].to_pylist()]
                for place, field in enumerate(table.schema)
            }
            return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _other_value(value: Any, kind: pa.DataType) -> Any:
    if value and pa.types.is_float32(kind):
        # A float's own shortest text is another for each of its sizes.
        return Decimal(str(np.float32(value)))
    # pandas' own type of time, which pyarrow takes where there are nanoseconds; these are cut off.
    return value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value


def _rows(chance: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "invoice_id": f"I{number}",
            "company_id": "K",
            "customer_id": chance.choice(["C1", "C2"]),
            "invoice_date": str(date(2025, 1, 1) + timedelta(chance.randrange(300))),
            "currency_code": "EUR",
            "amount": f"{chance.randrange(1, 10**6) / 100:.2f}",
            "tax_amount": str(Decimal(chance.randrange(10 ** chance.randrange(1, 19))).scaleb(-4)),
            "due_date": str(date(2025, 3, 1)),
            "is_credit_sale": chance.choice(["true", "false", ""]),
            "updated_at": f"2025-01-31T10:00:{chance.randrange(60):02}Z",
            "note": chance.choice(["", "a b", 'say "x", y', "two\nlines"]),
        }
        for number in range(chance.randrange(6))
    ]


def _with_odd_cells(chance: random.Random, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in rows:
        for _ in range(chance.choice([0, 0, 1, 2])):
            row[chance.choice(COLUMNS)] = chance.choice(ODD_CELLS)
    return rows


def _csv(chance: random.Random) -> bytes:
    stream = io.StringIO(newline="")
    dialect = {"lineterminator": chance.choice(["\n", "\n", "\r\n"]), "delimiter": chance.choice(",,,,,,,,;\t")}
    writer = csv.DictWriter(stream, COLUMNS, quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), **dialect)
    if chance.random() < 0.95:
        writer.writeheader()
    writer.writerows(_with_odd_cells(chance, _rows(chance)))
    return stream.getvalue().encode(chance.choice(["utf-8"] * 8 + ["utf-8-sig", "utf-16"]), "replace")


def _jsonl(chance: random.Random) -> bytes:
    lines = []
    for row in _with_odd_cells(chance, _rows(chance)):
        line = json.dumps(row, ensure_ascii=chance.random() < 0.5)
        for column in ("amount", "tax_amount", "is_credit_sale"):
            if chance.random() < 0.5 and row[column].strip():
                # As a number, a word or what is neither.
                line = line.replace(f'"{column}": {json.dumps(row[column])}', f'"{column}": {row[column]}')
        lines.append(line)
    return chance.choice(["\n", "\r\n"]).join(lines).encode("utf-8", "replace")


def _parquet(chance: random.Random) -> bytes:
    rows = _rows(chance)
    columns = {name: pa.array([row[name] or None for row in rows], pa.string()) for name in COLUMNS}
    for name in chance.sample(COLUMNS, chance.randrange(4)):
        kind = chance.choice(ODD_TYPES)
        columns[name] = pa.array([_value(chance, kind) for _ in rows], kind)
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream, compression=chance.choice(["none", "snappy", "zstd"]))
    return stream.getvalue()


def _value(chance: random.Random, kind: pa.DataType) -> Any:
    if pa.types.is_null(kind) or chance.random() < 0.1:
        return None
    if pa.types.is_list(kind):
        return [chance.random()]
    if pa.types.is_boolean(kind):
        return chance.random() < 0.5
    if pa.types.is_decimal(kind):
        return Decimal(chance.randrange(10**9)).scaleb(-kind.scale)
    if pa.types.is_floating(kind):
        return chance.choice(
            [0.1 + 0.2, chance.random(), chance.randrange(10**6) / 100, 47844229454746.27, float("nan")]
        )
    if pa.types.is_integer(kind):
        return chance.randrange(100)
    if pa.types.is_date(kind):
        return date(2025, 1, 1) + timedelta(chance.randrange(300))
    if pa.types.is_timestamp(kind):
        return datetime(2025, 1, 1) + timedelta(seconds=chance.choice([0, 86_400, chance.randrange(10**7)]))
    if pa.types.is_time(kind):
        return datetime(2025, 1, 1, chance.randrange(24)).time()
    if pa.types.is_duration(kind):
        return timedelta(seconds=chance.randrange(1000))
    return chance.choice(["5.00", "2025-01-31", "true", "x", ""])


def _with_changed_bytes(chance: random.Random, content: bytes) -> bytes:
    for _ in range(chance.choice([1, 1, 2, 5])):
        start = chance.randrange(len(content) + 1)
        end = start + chance.choice([0, 1, 1, 10])
        what = chance.random()
        if what < 0.5:
            content = content[:start] + chance.choice(ODD_BYTES) + content[end:]
        elif what < 0.7:
            content = content[:start] + bytes([chance.randrange(256)]) + content[start + 1 :]
        elif what < 0.85:
            content = content[:start] + content[end:]
        elif what < 0.95:
            content = content[:end] + content[start:]
        else:
            content = content[:start]
    return content
