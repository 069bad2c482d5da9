"""Every type the formats know, against readers that are not ours: a value is equal to theirs, or it is not loaded.

pyarrow's values are the truth for Parquet, and for JSON and CSV the digits that were written, by Python's ``decimal``.
"""

import json
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from duebook.contract import read_contract
from duebook.landing.checking import check_file
from duebook.landing.files import LandingError, find_files
from tests.support.landing.files import INVOICE, check, records, rows_of, staging, write_text
from tests.support.landing.reading import fits, truth

COLUMNS = ("tax_amount", "due_date", "updated_at", "is_credit_sale")
NOON = datetime(2025, 1, 31, 12, 0, 0, 123456)


def parquet(folder, changes, **options):
    """A file of good invoices, some columns of which have other values."""
    values = next(iter(changes.values()))
    columns = {name: pa.array([value] * len(values)) for name, value in INVOICE.items()}
    columns["invoice_id"] = pa.array([f"I{n}" for n in range(len(values))])
    path = Path(folder) / "file.parquet"
    pq.write_table(pa.table(columns | changes), path, **options)
    return path


def loaded(checked, column):
    """The values loaded, by row from 0."""
    return {row["source_row"] - 1: row[column] for row in checked.good}


PARQUET_TYPES = {
    **{str(kind): pa.array([0, 1, 7, 100], kind) for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64())},
    **{str(kind): pa.array([0, 1, 7, 200], kind) for kind in (pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())},
    "whole numbers at the edge": pa.array([2**63 - 1, -(2**63), 99_999_999_999_999, 10**14]),
    "unsigned at the edge": pa.array([2**64 - 1, 2**63], pa.uint64()),
    "float": pa.array([0.1, 1234.5, 16777215, 16777216, 123456789012.0, 1e-5, 3e38], pa.float32()),
    "double": pa.array(
        [47844229454746.27, 99999999999999.98, 0.1 + 0.2, 1e-4, 1e-5, 1e15, 1e22, 5e-324, -0.0, 1.0000000000000002e-4]
    ),
    "double, no number": pa.array([float("inf"), float("-inf"), float("nan")]),
    "float, no number": pa.array([float("inf"), float("-inf"), float("nan")], pa.float32()),
    "a double before a float": pa.array([16777217.0, 9007199254740993.0], pa.float64()),
    "decimal32": pa.array([Decimal("1.23"), Decimal("-999.99")], pa.decimal32(5, 2)),
    "decimal64": pa.array([Decimal("1.2345"), Decimal("1.23456")], pa.decimal64(15, 5)),
    "decimal128": pa.array([Decimal("12345678901234.5678"), Decimal("9" * 20)], pa.decimal128(38, 4)),
    "decimal256, narrow": pa.array([Decimal("100.0000"), Decimal("-0.0001")], pa.decimal256(20, 4)),
    "date32": pa.array([date(2025, 1, 31), date(1, 1, 1), date(9999, 12, 31)], pa.date32()),
    "date64": pa.array([date(2025, 1, 31)], pa.date64()),
    "time32": pa.array([3600], pa.time32("s")),
    "time64": pa.array([3_600_000_000], pa.time64("us")),
    **{
        f"timestamp[{unit}{zone and ', '}{zone}]": pa.array([datetime(2025, 1, 31), NOON.replace(microsecond=0)]).cast(
            pa.timestamp(unit, zone or None)
        )
        for unit in ("s", "ms", "us", "ns")
        for zone in ("", "UTC", "America/New_York")
    },
    "microseconds": pa.array([NOON], pa.timestamp("us", "Asia/Kathmandu")),
    "bool": pa.array([True, False]),
    "dictionary": pa.array(["12.50", "x"]).dictionary_encode(),
    "null": pa.nulls(2),
    "list": pa.array([[1.5], []]),
    "struct": pa.array([{"a": 1}]),
    "large_string": pa.array(["12.50"], pa.large_string()),
    "binary": pa.array([b"12.50"], pa.binary()),
}


@pytest.mark.parametrize("values", PARQUET_TYPES.values(), ids=PARQUET_TYPES)
def test_a_parquet_value_is_what_pyarrow_reads_or_it_is_not_loaded(tmp_path, values):
    target = tmp_path / "ar" / "invoices"
    target.mkdir(parents=True)
    parquet(target, dict.fromkeys(COLUMNS, values))
    (file,) = find_files(tmp_path, read_contract(), print)
    with staging() as con:
        checked = check_file(con, file, 1, tmp_path)
        rows = records(con, f"select * from {rows_of(checked)} order by source_row")
    assert len(rows) == len(values)
    for row, written in zip(rows, values.to_pylist(), strict=True):
        bad = {problem["column_name"] for problem in row["problems"] or () if problem["reason"]}
        for column in set(COLUMNS) - bad:
            as_text = column == "tax_amount" and written in ("12.50", b"12.50")
            assert row[column] == (Decimal("12.5") if as_text else truth(written, values.type, column))


@pytest.mark.parametrize(
    ("column", "values", "kept"),
    [
        ("tax_amount", PARQUET_TYPES["double"], [0, 1, 3, 8]),
        ("tax_amount", PARQUET_TYPES["float"], [0, 1, 2]),
        ("tax_amount", PARQUET_TYPES["whole numbers at the edge"], [2]),
        ("tax_amount", PARQUET_TYPES["decimal64"], [0]),
        ("tax_amount", PARQUET_TYPES["decimal128"], [0]),
        ("tax_amount", PARQUET_TYPES["decimal256, narrow"], [0, 1]),
        ("updated_at", PARQUET_TYPES["microseconds"], [0]),
        ("due_date", PARQUET_TYPES["timestamp[ns, America/New_York]"], [0]),
    ],
)
def test_what_can_be_read_exactly_is_loaded(tmp_path, column, values, kept):
    assert sorted(loaded(check(parquet(tmp_path, {column: values})), column)) == kept


def test_a_double_of_fourteen_digits_keeps_its_cents(tmp_path):
    checked = check(parquet(tmp_path, {"amount": pa.array([47844229454746.27])}))
    assert loaded(checked, "amount") == {0: Decimal("47844229454746.2700")}


WIDE = pa.decimal256(50, 4)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pa.array([Decimal("100.00")], WIDE), "column {}: a decimal of 50 digits can't be read exactly"),
        (pa.array([[Decimal("100.00")]], pa.list_(WIDE)), "column {}.list.element: a decimal of 50 digits"),
        (pa.array([{"a": {"b": Decimal(1)}}], pa.struct({"a": pa.struct({"b": WIDE})})), "column {}.a.b: a decimal of"),
        (pa.array([np.float16(0.1)], pa.float16()), "column {}: a float of 16 bits, which has 3 digits,"),
        (pa.array([90_000], pa.duration("ms")), "column {}: a duration (duration[ms]) can't be read exactly"),
        (pa.array([[90]], pa.list_(pa.duration("s"))), "column {}.element: a duration (duration[s])"),
        (pa.array([b"\xff\x00a"]), "column {}: contains bytes that are not UTF-8 text: land them as text"),
    ],
    ids=["decimal256", "list of them", "struct of them", "float16", "duration", "list of durations", "bytes"],
)
@pytest.mark.parametrize("column", ["amount", "branch"])
def test_a_parquet_type_that_can_t_be_read_exactly_is_refused_by_its_column(tmp_path, values, message, column):
    with pytest.raises(LandingError) as refusal:
        check(parquet(tmp_path, {column: values}))
    assert str(refusal.value).startswith(f"ar/invoices/file.parquet, {message.format(column)}")
    assert "land" in str(refusal.value)


@pytest.mark.parametrize("column", ["updated_at", "note"])
@pytest.mark.parametrize("values", [pa.array([2**62], pa.timestamp("ms")), pa.array([-(2**63)], pa.timestamp("us"))])
def test_a_time_that_is_out_of_range_is_named_as_such(tmp_path, values, column):
    with pytest.raises(LandingError) as refusal:
        check(parquet(tmp_path, {column: values}))
    assert str(refusal.value) == (
        f"ar/invoices/file.parquet, column {column}: a date or time is out of range: fix it at the source, "
        "or leave the cell empty"
    )


def test_nested_decimals_and_numbers_keep_every_digit(tmp_path):
    values = pa.array([[Decimal("12345678901234567890.1234567890")]], pa.list_(pa.decimal128(38, 10)))
    (row,) = check(parquet(tmp_path, {"branch": values})).good
    assert json.loads(row["extra_columns"], parse_float=Decimal)["branch"] == "[12345678901234567890.1234567890]"
    line = json.dumps(INVOICE)[:-1] + ', "branch": {"a": [1E2, 12345678901234567890.12, -0, true, null, "x\\u00e9"]}}'
    (row,) = check(write_text(tmp_path / "b.jsonl", line)).good
    assert json.loads(row["extra_columns"])["branch"] == '{"a":[1E2,12345678901234567890.12,-0,true,null,"xé"]}'


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.floats(),
            st.decimals(-(10**15), 10**15, places=2).map(float),
            st.decimals(-(10**9), 10**9, places=5).map(float),
        ),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from([pa.float64(), pa.float32()]),
)
@example([-3520807.78], pa.float32())
def test_a_float_is_its_own_shortest_text_or_not_loaded(numbers, kind):
    with np.errstate(over="ignore"):
        values = pa.array(np.array(numbers).astype(kind.to_pandas_dtype()))
    with tempfile.TemporaryDirectory() as folder:
        checked = check(parquet(folder, {"tax_amount": values}))
    kept = loaded(checked, "tax_amount")
    for row, value in kept.items():
        # Where two shortest texts are as near, libraries choose differently; what the float holds is right as well.
        assert value in (truth(values[row].as_py(), values.type, "tax_amount"), Decimal(values[row].as_py()))
    for row in set(range(len(values))) - set(kept):
        number = values[row].as_py()
        held = abs(number) < (2**24 if pa.types.is_float32(kind) else 2**53)
        with pytest.raises(LookupError):
            held and truth(number, values.type, "tax_amount")
            raise LookupError(number)


NUMERALS = st.one_of(
    st.decimals(Decimal("-1e15"), Decimal("1e15"), places=5).map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(
        ["1e400", "1E2", "12345678901234567890.12", "-0", "-0.0", "1e-400", "1e999999999", "100.0000000000001"]
    ),
)


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(st.lists(NUMERALS, min_size=1, max_size=20), st.sampled_from(["number", "text", "cell"]))
def test_a_number_is_the_digits_it_was_written_with_or_not_loaded(numerals, written_as):
    rows = [INVOICE | {"invoice_id": f"I{n}", "tax_amount": numeral} for n, numeral in enumerate(numerals)]
    with tempfile.TemporaryDirectory() as folder:
        if written_as == "cell":
            lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
            path = write_text(Path(folder) / "file.csv", "\n".join(lines))
        else:
            lines = [json.dumps(row) for row in rows]
            if written_as == "number":
                lines = [
                    line.replace(f'"{row["tax_amount"]}"', row["tax_amount"])
                    for line, row in zip(lines, rows, strict=True)
                ]
            path = write_text(Path(folder) / "file.jsonl", "\n".join(lines))
        checked = check(path)
    kept = loaded(checked, "tax_amount")
    assert len(kept) + checked.file.rows_quarantined == len(rows)
    for row, numeral in enumerate(numerals):
        number = Decimal(numeral)
        plain = "e" not in numeral.lower()
        # A power of ten is written out only where JSON has it as a number.
        if fits(number) and (plain or (written_as == "number" and abs(int(numeral.lower().split("e")[1])) <= 40)):
            assert kept[row] == number
        else:
            assert row not in kept


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_in_json_goes_to_quarantine(tmp_path, constant):
    line = json.dumps(INVOICE).replace('"100.00"', constant)
    assert list(check(write_text(tmp_path / "file.jsonl", line)).problems) == [(1, "amount")]


@pytest.mark.parametrize("key", ['"am\\u006funt"', '"amount" ', '\t"amount"'])
def test_a_json_number_keeps_its_digits_however_its_key_is_written(tmp_path, key):
    line = '{"detail": {"amount": 12345678901234.568},' + json.dumps(INVOICE)[1:].replace(
        '"amount": "100.00"', f"{key}: 12345678901234.5678"
    )
    (row,) = check(write_text(tmp_path / "file.jsonl", line)).good
    assert row["amount"] == Decimal("12345678901234.5678")


def test_int96_timestamps_are_read(tmp_path):
    values = pa.array([NOON], pa.timestamp("us"))
    checked = check(parquet(tmp_path, {"updated_at": values}, use_deprecated_int96_timestamps=True))
    assert loaded(checked, "updated_at") == {0: NOON}


def test_a_parquet_column_whose_name_is_no_text_is_refused_with_its_file(tmp_path):
    path = parquet(tmp_path, {"note": pa.array(["x"])}, compression="none")
    path.write_bytes(path.read_bytes().replace(b"note", b"n\xc3te"))
    with pytest.raises(LandingError, match=rf"{path.name}: the name of a column is not UTF-8 text"):
        check(path)


@pytest.mark.parametrize("kind", [pa.float16(), pa.duration("s")])
def test_a_line_break_in_the_name_of_a_column_breaks_no_message(tmp_path, kind):
    path = parquet(tmp_path, {"amount\r\nerror: forged": pa.array([1], kind)})
    with pytest.raises(LandingError, match=rf"{path.name}, column amount.x0d.x0aerror: forged: a "):
        check(path)
