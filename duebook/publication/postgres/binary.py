"""Rows in the binary format of Postgres' COPY, made a column at a time.

Here: how a value of each type looks there (PostgreSQL's manual, "COPY", and its types' receive functions). Not here:
which types a mart may have (tables.py). Why: text costs Postgres more to take apart than all else of a load
together, and psycopg makes binary rows a Python object at a time.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Signature, no flags, no extension; a row of minus one fields ends it.
BEGIN, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
# The length of a value that isn't there, and all there is of it.
ABSENT = -1
ABSENT_VALUE = b"\xff\xff\xff\xff"
# Postgres counts days and microseconds from 2000-01-01, Arrow from 1970-01-01.
DAYS = 10_957
MICROSECONDS = DAYS * 86_400_000_000
AS_THEY_ARE = {pa.int16(): ">i2", pa.int32(): ">i4", pa.int64(): ">i8", pa.float32(): ">f4", pa.float64(): ">f8"}
# A numeric is a row of digits of base 10,000: four decimal ones each, counted from the point.
DECIMALS_A_DIGIT = 4
NEGATIVE = 0x4000
# A decimal of so many digits fits into 64 bits.
SHORT = 18
# Numbers (or one for all rows) and their types, as they follow each other in a row.
Fields = list[tuple[np.ndarray | pa.Array | int, str]]


def encode(rows: pa.RecordBatch) -> memoryview:
    """Return rows as COPY reads them between BEGIN and END.

    Raises:
        TypeError: a column is of a type that isn't known here.
    """
    joined = pc.binary_join_element_wise(*_parts(rows), b"", null_handling="replace", null_replacement=ABSENT_VALUE)
    _, offsets, data = joined.buffers()
    first, last = np.frombuffer(offsets, np.int32, len(joined) + 1)[[0, -1]]
    return memoryview(data)[first:last]


def _parts(rows: pa.RecordBatch) -> Iterator[pa.Array]:
    """Yield what rows consist of, in order; what is of one size in every row goes together as far as it can."""
    fields: Fields = [(rows.num_columns, ">i2")]
    for column in rows.columns:
        if pa.types.is_string(column.type):
            fields.append((pc.binary_length(column).fill_null(ABSENT), ">i4"))
            yield _side_by_side(rows.num_rows, fields)
            yield column.cast(pa.binary()).fill_null(b"")
            fields = []
        elif column.null_count == rows.num_rows:
            fields.append((ABSENT, ">i4"))
        else:
            values = _fields(column)
            value = [(sum(np.dtype(kind).itemsize for _, kind in values), ">i4"), *values]
            if column.null_count:
                if fields:
                    yield _side_by_side(rows.num_rows, fields)
                yield pc.if_else(column.is_valid(), _side_by_side(rows.num_rows, value), None)
                fields = []
            else:
                fields += value
    if fields:
        yield _side_by_side(rows.num_rows, fields)


def _side_by_side(rows: int, fields: Fields) -> pa.Array:
    """Put numbers that belong to a row next to each other."""
    table = np.empty(rows, [(str(place), kind) for place, (_, kind) in enumerate(fields)])
    for place, (numbers, _) in enumerate(fields):
        table[str(place)] = numbers
    ends = np.arange(0, (rows + 1) * table.itemsize, table.itemsize, np.int32)
    return pa.Array.from_buffers(pa.binary(), rows, [None, pa.py_buffer(ends), pa.py_buffer(table)])


def _fields(column: pa.Array) -> Fields:
    """Return the numbers a value of one size consists of; those of absent values are of no meaning."""
    kind = column.type
    if pa.types.is_decimal(kind):
        return _numeric(column.cast(pa.decimal128(kind.precision, kind.scale)))
    if pa.types.is_date32(kind):
        return [(_numbers(column.cast(pa.int32())) - DAYS, ">i4")]
    if pa.types.is_timestamp(kind):
        return [(_numbers(column.cast(pa.timestamp("us", kind.tz)).cast(pa.int64())) - MICROSECONDS, ">i8")]
    if pa.types.is_boolean(kind):
        return [(_numbers(column.cast(pa.int8())), ">i1")]
    if kind in AS_THEY_ARE:
        return [(_numbers(column), AS_THEY_ARE[kind])]
    raise TypeError(f"no binary form in Postgres is known for Arrow's {kind}")


def _numbers(column: pa.Array) -> np.ndarray:
    return column.fill_null(0).to_numpy(zero_copy_only=False)


def _numeric(column: pa.Array) -> Fields:
    """Return the fields of a numeric: how many digits, the first one's power, sign, scale, digits.

    There are as many digits as the type may need; Postgres leaves zeros at either end out.
    """
    precision, scale = column.type.precision, column.type.scale
    # The lowest digit has those decimals that are left over when the others have four each.
    lowest = scale % DECIMALS_A_DIGIT or DECIMALS_A_DIGIT
    digits = 1 + -(-max(precision - lowest, 0) // DECIMALS_A_DIGIT)
    words = _words(column)
    found = [_divide(words, 10**lowest) * 10 ** (DECIMALS_A_DIGIT - lowest)]
    found += [_divide(words, 10**DECIMALS_A_DIGIT) for _ in range(digits - 1)]
    power = digits - 1 - -(-scale // DECIMALS_A_DIGIT)
    negative = _halves(column)[:, 1] < 0
    fields = [(digits, ">i2"), (power, ">i2"), (negative * NEGATIVE, ">u2"), (scale, ">i2")]
    return fields + [(digit, ">i2") for digit in reversed(found)]


def _halves(column: pa.Array) -> np.ndarray:
    """View decimals as two numbers of 64 bits each, the lower half first."""
    return np.frombuffer(column.buffers()[1], np.int64, 2 * len(column), 16 * column.offset).reshape(-1, 2)


def _words(column: pa.Array) -> list[np.ndarray]:
    """Return what decimals are without sign and point: one number, or parts of 32 bits, the highest first."""
    halves = _halves(pc.abs(column)).view(np.uint64)
    if column.type.precision <= SHORT:
        return [halves[:, 0].copy()]
    return [part for half in (halves[:, 1], halves[:, 0]) for part in (half >> 32, half & 0xFFFFFFFF)]


def _divide(words: list[np.ndarray], divisor: int) -> np.ndarray:
    """Divide numbers in place by a small one; returns the remainders."""
    rest = np.uint64(0)
    for place, word in enumerate(words):
        words[place], rest = np.divmod((rest << 32) | word if place else word, np.uint64(divisor))
    return rest
