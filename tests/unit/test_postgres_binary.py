"""Rows as Postgres' COPY reads them, read back by psycopg, which did not write them."""

import random
import struct
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pyarrow as pa
import pytest
from psycopg.adapt import Transformer
from psycopg.pq import Format

from duebook.publication.postgres.tables import encoded

# Signature, no flags, no extension; a row of minus one fields ends it (PostgreSQL's manual, "COPY").
BEGIN, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
DECIMALS = [(1, 0), (4, 4), (5, 1), (9, 6), (18, 0), (18, 4), (18, 18), (19, 12), (24, 4), (38, 0), (38, 10), (38, 38)]


def read(rows: pa.RecordBatch, *types: str) -> list[tuple]:
    """Take rows apart, and load their values by the names of their Postgres types."""
    written = b"".join(encoded(pa.RecordBatchReader.from_batches(rows.schema, [rows.slice(0, 2), rows.slice(2)])))
    assert written.startswith(BEGIN)
    assert written.endswith(END)
    data, place, found = written.removeprefix(BEGIN).removesuffix(END), 0, []
    loaders = [Transformer().get_loader(psycopg.adapters.types[name].oid, Format.BINARY) for name in types]
    while place < len(data):
        assert struct.unpack_from(">h", data, place) == (len(types),)
        place += 2
        row = []
        for loader in loaders:
            [length] = struct.unpack_from(">i", data, place)
            place += 4
            row.append(None if length == -1 else loader.load(data[place : place + length]))
            place += max(length, 0)
        found.append(tuple(row))
    return found


def batch(*columns: pa.Array) -> pa.RecordBatch:
    return pa.record_batch([*columns], names=[str(place) for place in range(len(columns))])


@pytest.mark.parametrize(
    ("kind", "name", "values"),
    [
        (pa.int16(), "int2", [-(2**15), 0, 2**15 - 1]),
        (pa.int32(), "int4", [-(2**31), 0, 2**31 - 1]),
        (pa.int64(), "int8", [-(2**63), 0, 2**63 - 1]),
        (pa.float32(), "float4", [-1.5, 0.0, 2.0**100]),
        (pa.float64(), "float8", [-0.1, 1e-300, 1.7976931348623157e308]),
        (pa.bool_(), "bool", [True, False]),
        (pa.date32(), "date", [date(1, 1, 1), date(1999, 12, 31), date(2000, 1, 1), date(9999, 12, 31)]),
        (pa.timestamp("us"), "timestamp", [datetime(1, 1, 1), datetime(2024, 2, 29, 23, 59, 59, 999999)]),
        (
            pa.timestamp("us", "UTC"),
            "timestamptz",
            [datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)],
        ),
        (pa.string(), "text", ["", "é 漢 😀", '\\N\t"\n\0' * 1000]),
    ],
)
@pytest.mark.parametrize("absent", [0, 1, "all"])
def test_every_value_is_read_as_it_was(kind: pa.DataType, name: str, values: list, absent: int | str) -> None:
    column = [None] * len(values) if absent == "all" else values + [None] * absent
    made = pa.array(column, kind)
    # With something before and behind it, and as a part of more rows.
    rows = batch(pa.array(["a"] * len(column)), made, made, pa.array([7] * len(column), pa.int32()))
    expected = [("a", value, value, 7) for value in column]
    assert read(rows, "text", name, name, "int4") == expected
    assert read(rows.slice(1, 2), "text", name, name, "int4") == expected[1:3]


@pytest.mark.parametrize(("precision", "scale"), DECIMALS)
def test_every_decimal_is_read_as_it_was(precision: int, scale: int) -> None:
    most = 10**precision - 1
    one_of = random.Random(precision * 100 + scale)
    # Powers of ten: a numeric leaves out what is zero at either end, and must not in between.
    numbers = [0, -1, most, -most, *(10**power for power in range(precision))]
    numbers += [one_of.randint(-most, most) // 10 ** one_of.randrange(38) for _ in range(300)]
    values = [Decimal(f"{number}E-{scale}") for number in numbers] + [None]
    rows = batch(pa.array(values, pa.decimal128(precision, scale)))
    assert read(rows, "numeric") == [(value,) for value in values]
    assert read(rows.slice(3), "numeric") == [(value,) for value in values[3:]]


def test_a_table_without_rows_is_written_without_any() -> None:
    assert read(batch(pa.array([], pa.string()), pa.array([], pa.int32())), "text", "int4") == []
