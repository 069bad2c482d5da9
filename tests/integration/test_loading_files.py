"""Every kind of file gives the same rows; what can't be read stops the load by file, line and fault."""

import gzip
import json
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duebook.contract import read_contract
from duebook.landing.cells import landed, reason
from duebook.landing.checking import check_file
from duebook.landing.files import LandingError, find_files
from duebook.landing.reading import opened
from duebook.reference import CURRENCIES, codes
from duebook.sql_text import identifier
from tests.support.landing.files import (
    INVOICE,
    check,
    columns_of,
    invoices,
    rows_of,
    staging,
    write_csv,
    write_jsonl,
    write_text,
)

HEADER = "invoice_id,company_id,customer_id,invoice_date,currency_code,amount\n"
GOOD_LINE = "I1,K,C1,2025-01-31,EUR,100.00\n"


def write_parquet(path, columns):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def invoice_columns(**changes):
    """One good invoice as Parquet columns, some of them replaced."""
    return {name: pa.array([value]) for name, value in INVOICE.items()} | changes


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet", ".CSV"])
def test_every_kind_of_file_gives_the_same_rows(tmp_path, ending):
    rows = [
        {
            "customer_id": "C1",
            "customer_name": 'Mayer "& Söhne", Wien',
            "credit_limit": "1000.5",
            "is_consumer": "true",
        },
        {
            "customer_id": "C2",
            "customer_name": "zwei\nZeilen",
            "payment_terms_days": "30",
            "created_date": "2025-01-31",
        },
        {"customer_id": "C3", "updated_at": "2025-01-31T12:00:00+01:00"},
    ]
    path = tmp_path / f"file{ending}"
    match ending.lower().removesuffix(".gz"):
        case ".csv":
            write_csv(path, rows)
        case ".jsonl":
            write_jsonl(path, rows)
        case _:
            write_parquet(path, {name: [row.get(name) for row in rows] for name in columns_of(rows)})
    if ending.endswith(".gz"):
        path.write_bytes(gzip.compress(path.read_bytes()))
    checked = check(path, "customers")
    assert checked.problems == {}
    kept = (
        "source_row",
        "customer_id",
        "customer_name",
        "credit_limit",
        "is_consumer",
        "payment_terms_days",
        "created_date",
        "updated_at",
        "extra_columns",
    )
    assert [tuple(row[name] for name in kept) for row in checked.good] == [
        (1, "C1", 'Mayer "& Söhne", Wien', Decimal("1000.5000"), True, None, None, None, None),
        (2, "C2", "zwei\nZeilen", None, None, 30, date(2025, 1, 31), None, None),
        (3, "C3", None, None, None, None, None, datetime(2025, 1, 31, 11), None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + GOOD_LINE,
        (HEADER + GOOD_LINE).replace("\n", "\r\n"),
        (HEADER + GOOD_LINE).removesuffix("\n"),
        HEADER + "\n" + GOOD_LINE + "\n\n",
        '\ufeff"invoice_id","company_id", customer_id ,invoice_date,"currency_code",amount\n' + GOOD_LINE,
        HEADER + 'I1,"K","C1",2025-01-31,"EUR","100.00"\n',
    ],
    ids=["byte order mark", "crlf", "no last line end", "empty lines", "quoted header", "quoted cells"],
)
def test_csv_as_other_programs_write_it(tmp_path, text):
    checked = check(write_text(tmp_path / "file.csv", text))
    assert checked.problems == {}
    assert [(row["source_row"], row["invoice_id"], row["amount"]) for row in checked.good] == [
        (1, "I1", Decimal("100.0000"))
    ]


def test_a_csv_file_with_nothing_but_its_header_has_no_rows(tmp_path):
    checked = check(write_text(tmp_path / "file.csv", HEADER))
    assert (checked.file.rows_read, checked.good) == (0, [])


def test_an_empty_jsonl_file_has_no_rows(tmp_path):
    assert check(write_text(tmp_path / "file.jsonl", "")).file.rows_read == 0


def test_jsonl_behind_a_byte_order_mark_and_with_empty_lines_is_read(tmp_path):
    checked = check(write_text(tmp_path / "file.jsonl", "\ufeff" + json.dumps(INVOICE) + "\n\n"))
    assert [row["invoice_id"] for row in checked.good] == ["I1"]


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("12345678901234.5678", "12345678901234.5678"),
        ("100.10", "100.1000"),
        ("1.5E7", "15000000.0000"),
        ("1250e-2", "12.5000"),
        ("7", "7.0000"),
    ],
)
def test_a_json_number_is_read_digit_by_digit(tmp_path, number, value):
    line = json.dumps(INVOICE | {"amount": "AMOUNT"}).replace('"AMOUNT"', number)
    checked = check(write_text(tmp_path / "file.jsonl", line))
    assert checked.good[0]["amount"] == Decimal(value)


def test_a_json_number_with_more_decimals_than_a_float_tells_is_not_rounded(tmp_path):
    line = json.dumps(INVOICE | {"amount": "AMOUNT"}).replace('"AMOUNT"', "100.00000000000000001")
    checked = check(write_text(tmp_path / "file.jsonl", line))
    assert checked.problems == {(1, "amount"): ("100.00000000000000001", "Expected at most 4 decimals.")}


def test_a_number_of_the_same_name_deeper_in_a_json_line_is_another_number(tmp_path):
    line = '{"detail": {"amount": 9.87}, "note": "\\"amount\\": 6.54", ' + json.dumps(INVOICE | {"amount": 1.25})[1:]
    checked = check(write_text(tmp_path / "file.jsonl", line))
    assert checked.good[0]["amount"] == Decimal("1.2500")


def test_json_keys_may_hold_any_letter(tmp_path):
    odd = {"a/b": 1, "a~b": 2.50, "it's": "x", 'say "hi"': "y", "": "z"}
    checked = check(write_jsonl(tmp_path / "file.jsonl", [INVOICE | odd]))
    assert json.loads(checked.good[0]["extra_columns"]) == {
        "a/b": "1",
        "a~b": "2.5",
        "it's": "x",
        'say "hi"': "y",
        "": "z",
    }


# From 1970-01-01, as Parquet counts: the last day before and the first after the years that have four digits.
DAYS_BEFORE_YEAR_1, DAYS_UNTIL_YEAR_10000 = -719_163, 2_932_897


@pytest.mark.parametrize(
    ("column", "values", "value"),
    [
        ("amount", pa.array([100.1]), Decimal("100.1000")),
        ("amount", pa.array([0.1], pa.float32()), Decimal("0.1000")),
        ("amount", pa.array([7]), Decimal("7.0000")),
        ("amount", pa.array([Decimal("1.50")]), Decimal("1.5000")),
        ("invoice_id", pa.array([611365]), "611365"),
        ("invoice_id", pa.array([611365.0]), "611365"),
        ("invoice_id", pa.array([b"I1"]), "I1"),
        ("invoice_id", pa.array(["I1"]).dictionary_encode(), "I1"),
        ("invoice_date", pa.array([date(2025, 1, 31)]), date(2025, 1, 31)),
        ("invoice_date", pa.array([datetime(2025, 1, 31)], pa.timestamp("ns")), date(2025, 1, 31)),
        ("invoice_date", pa.array([datetime(2025, 1, 31)], pa.timestamp("us", "UTC")), date(2025, 1, 31)),
        (
            "updated_at",
            pa.array([datetime(2025, 1, 31, 12)], pa.timestamp("us", "Europe/Vienna")),
            datetime(2025, 1, 31, 12),
        ),
        ("invoice_date", pa.array([date(1, 1, 1)]), date(1, 1, 1)),
        ("invoice_date", pa.array([date(9999, 12, 31)]), date(9999, 12, 31)),
        ("updated_at", pa.array([datetime(2025, 1, 31, 12, 0, 0, 5)]), datetime(2025, 1, 31, 12, 0, 0, 5)),
        ("amount", pa.array([Decimal("99999999999999.9999")]), Decimal("99999999999999.9999")),
        ("amount", pa.array([Decimal("1.50000")]), Decimal("1.5000")),
        ("due_date", pa.nulls(1), None),
        ("is_credit_sale", pa.array([False]), False),
    ],
)
def test_parquet_is_read_by_its_own_types(tmp_path, column, values, value):
    checked = check(write_parquet(tmp_path / "file.parquet", invoice_columns(**{column: values})))
    assert checked.problems == {}
    assert checked.good[0][column] == value


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("amount", pa.array([100.0001009])),
        ("amount", pa.array([0.1 + 0.2])),
        ("amount", pa.array([100.00015])),
        ("amount", pa.array([float("nan")])),
        ("amount", pa.array([1e15])),
        ("amount", pa.array([[1.0]])),
        ("invoice_date", pa.array([datetime(2025, 1, 31, 0, 0, 1)])),
        ("invoice_date", pa.array([20250131])),
        ("invoice_date", pa.array([DAYS_BEFORE_YEAR_1], pa.int32()).cast(pa.date32())),
        ("invoice_date", pa.array([DAYS_UNTIL_YEAR_10000], pa.int32()).cast(pa.date32())),
        ("updated_at", pa.array([DAYS_UNTIL_YEAR_10000 * 86_400_000_000]).cast(pa.timestamp("us"))),
        ("amount", pa.array([Decimal("1.00005")])),
        ("amount", pa.array([Decimal("100000000000000.0")])),
        ("is_credit_sale", pa.array([1])),
    ],
)
def test_a_parquet_value_that_is_not_of_the_contracts_type_goes_to_quarantine(tmp_path, column, values):
    checked = check(write_parquet(tmp_path / "file.parquet", invoice_columns(**{column: values})))
    assert list(checked.problems) == [(1, column)]


def test_columns_the_contract_does_not_know_are_kept_and_their_empty_cells_left_out(tmp_path):
    rows = [INVOICE | {"branch": "Wien", "note": ""}, INVOICE | {"branch": "", "note": ""}]
    checked = check(write_csv(tmp_path / "file.csv", rows))
    assert [row["extra_columns"] for row in checked.good] == ['{"branch":"Wien"}', None]


def test_rows_are_numbered_as_they_stand_in_the_file(tmp_path):
    # Large enough for DuckDB to read it in parts.
    path = tmp_path / "file.csv"
    duckdb.execute(
        "copy (select i as invoice_id, 'K' as company_id, 'C' as customer_id, date '2025-01-31' as invoice_date, "
        "'EUR' as currency_code, 1 as amount, repeat('x' || chr(10) || ',\"', 25) as pad "
        f"from range(1, 300001) rows(i)) to '{path}'"
    )
    target = tmp_path / "landing" / "ar" / "invoices" / "file.csv"
    target.parent.mkdir(parents=True)
    path.rename(target)
    (file,) = find_files(tmp_path / "landing", read_contract(), print)
    with staging() as con:
        checked = check_file(con, file, 1, tmp_path)
        wrong = con.execute(f"from {rows_of(checked)} where source_row <> invoice_id::bigint limit 3").fetchall()
    assert (checked.rows_read, wrong) == (300000, [])


@pytest.mark.parametrize("table", read_contract().tables, ids=lambda table: table.name)
def test_no_rule_of_a_table_costs_its_rows_their_order(table):
    """DuckDB makes a join of some conditions, and rows come out of a join in any order."""
    columns = table.landed_columns
    names = ", ".join(f"{landed(column)} varchar, {identifier(column.name)} {column.sql_type}" for column in columns)
    with staging() as con:
        con.execute(f"create table rows ({names})")
        (_, plan), *_ = con.execute(
            f"explain select {', '.join(reason(table, column, codes(*CURRENCIES)) for column in columns)} from rows"
        ).fetchall()
    assert "SCAN" in plan
    assert "JOIN" not in plan


@pytest.mark.parametrize("empty", [",", ',""', ", ", ',"" ', ",,,"])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_comma_too_many_is_refused_also_where_the_last_cell_is_empty(tmp_path, empty, end):
    """`Doe, Ltd` without quotation marks moves all cells behind it to the right, and the last one out of sight."""
    lines = ["customer_id,customer_name,segment,region", 'C1,"two\nlines, ",retail,', "C2,Doe, Ltd,retail" + empty]
    path = write_text(tmp_path / "a.csv", (end or "\n").join(lines) + end)
    with pytest.raises(LandingError, match=r"a.csv, (row 2: more|line \d: 5) cells"):
        check(path, "customers")


def test_a_last_cell_that_is_empty_is_no_comma_too_many(tmp_path):
    lines = ["customer_id,customer_name,segment,region", "C1,Doe,retail,", 'C2,Doe,,""', "C3,,,", 'C4, "a, ""b""" ,,w ']
    checked = check(write_text(tmp_path / "a.csv", "\n".join(lines) + "\n"), "customers")
    cells = [(row["customer_name"], row["segment"], row["region"]) for row in checked.good]
    assert cells == [("Doe", "retail", None), ("Doe", None, None), (None, None, None), ('a, "b"', None, "w ")]
    both = write_text(tmp_path / "b.csv", "\n".join([*lines, "C5,a,b,c,d,e,f"]))
    with pytest.raises(LandingError, match=r"b.csv, line 6: 5 cells, but the first line names 4 columns"):
        check(both, "customers")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", HEADER + GOOD_LINE + "I2,K\n", "a.csv, line 3: 2 cells, but the first line names 6 columns"),
        ("a.csv", HEADER + GOOD_LINE[:-1] + ",x\n", "a.csv, line 2: 7 cells, but the first line names 6 columns"),
        ("a.csv", HEADER + GOOD_LINE + 'I2,"K\n', "a.csv, line 3: a closing quotation mark is missing"),
        (
            "a.csv",
            (HEADER + GOOD_LINE).encode() + b"I2,M\xfcller,C1,,,\n",
            "a.csv, line 3, column company_id: the file is not UTF-8 text, but could be Windows-1252",
        ),
        ("a.csv", (HEADER + GOOD_LINE).encode("utf-16"), "a.csv, line 1: the file is not UTF-8 text"),
        ("a.csv", HEADER.replace("\n", "\r\n") + GOOD_LINE + GOOD_LINE.replace("\n", "\r\n"), "a.csv: not a CSV file"),
        ("a.csv", "", "a.csv is empty: a CSV file needs a first line that names its columns"),
        ("a.csv", HEADER.replace("amount", "company_id"), "a.csv, line 1: two columns are called company_id"),
        ("a.csv", HEADER.replace("\n", ",\n"), "a.csv, line 1: column 7 has no name"),
        ("a.csv", (HEADER + GOOD_LINE).replace(",", ";"), "a.csv, line 1: its cells are separated by semicolons: "),
        ("a.csv", HEADER.replace(",amount", ""), "a.csv has no column amount, which every file of invoices must have"),
        ("a.csv", HEADER.upper(), "'INVOICE_ID' must be called invoice_id, "),
        ("a.csv.gz", gzip.compress((HEADER + GOOD_LINE * 999).encode())[:-20], "a.csv.gz: the gzip file is broken"),
        ("a.csv.gz", HEADER + GOOD_LINE, "a.csv.gz: the gzip file is broken"),
        ("a.jsonl", json.dumps(INVOICE) + '\n{"invoice_id": \n', "a.jsonl, line 2: not a JSON object on one line"),
        ("a.jsonl", json.dumps(INVOICE, indent=2), "a.jsonl, line 1: not a JSON object on one line"),
        ("a.jsonl", json.dumps(INVOICE) + "\n[1, 2]\n", "a.jsonl, line 2: not a JSON object"),
        ("a.jsonl", '{"invoice_id": 1, "invoice_id": 2}', "a.jsonl, line 1: the same key appears twice"),
        ("a.jsonl", '{"invoice_id": 1}', "a.jsonl has no column company_id, customer_id, invoice_date"),
        ("a.parquet", "PAR1", "a.parquet: not a readable Parquet file"),
    ],
)
def test_a_file_that_cant_be_read_stops_the_load_and_says_where_and_why(tmp_path, name, content, message):
    with pytest.raises(LandingError) as refusal:
        check(write_text(tmp_path / name, content))
    assert message in str(refusal.value)
    assert str(refusal.value).startswith("ar/invoices/a.")


def test_a_cut_off_parquet_file_stops_the_load(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", invoice_columns())
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(LandingError, match=r"ar/invoices/a\.parquet: not a readable Parquet file: .*magic bytes"):
        check(path)


def test_a_link_that_leads_nowhere_stops_the_load_and_is_named(tmp_path):
    link = tmp_path / "landing" / "ar" / "invoices" / "a.csv"
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "gone.csv")
    (file,) = find_files(tmp_path / "landing", read_contract(), print)
    words = f"ar/invoices/a.csv can't be read: it is a link to {tmp_path / 'gone.csv'}, which doesn't exist"
    with staging() as con, pytest.raises(LandingError) as refusal:
        check_file(con, file, 1, tmp_path)
    assert str(refusal.value) == words
    with pytest.raises(LandingError) as refusal:
        file.content_hash()
    assert str(refusal.value) == words


def test_a_file_that_is_gone_before_it_is_read_stops_the_load_and_is_named(tmp_path):
    path = write_csv(tmp_path / "ar" / "invoices" / "a.csv", invoices(1))
    (file,) = find_files(tmp_path, read_contract(), print)
    path.unlink()
    with (
        staging() as con,
        pytest.raises(LandingError, match=r"ar/invoices/a\.csv can't be read: No such file or directory"),
    ):
        check_file(con, file, 1, tmp_path)


def test_a_file_that_changes_while_it_is_read_stops_the_load(tmp_path):
    write_csv(tmp_path / "ar" / "invoices" / "a.csv", invoices(1))
    (file,) = find_files(tmp_path, read_contract(), print)
    with (
        staging() as con,
        pytest.raises(LandingError, match=r"ar/invoices/a\.csv changed while it was read"),
        opened(con, file, tmp_path),
    ):
        write_csv(file.path, invoices(2))


def test_a_file_of_tombstones_needs_no_column_but_its_key(tmp_path):
    rows = [{"invoice_id": "I1", "is_deleted": "true"}, {"invoice_id": "I2", "is_deleted": "true"}]
    assert check(write_csv(tmp_path / "file.csv", rows)).file.rows_loaded == 2


@pytest.mark.parametrize(
    "rows",
    [
        [{"invoice_id": "I1", "is_deleted": "true"}, {"invoice_id": "I2", "is_deleted": "false"}],
        [{"invoice_id": "I1", "is_deleted": "true"}, {"invoice_id": "I2", "is_deleted": ""}],
        [{"customer_id": "C1", "is_deleted": "true"}],
    ],
    ids=["one says false", "one says nothing", "no key"],
)
def test_a_file_with_a_row_that_is_no_tombstone_needs_every_required_column(tmp_path, rows):
    with pytest.raises(LandingError, match="has no column"):
        check(write_csv(tmp_path / "file.csv", rows))


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_paths_may_hold_any_letter(tmp_path, kind):
    folder = tmp_path / "it's [the] *best* ?year=2025 {x}"
    path = folder / f"a 'b' [1]*?.{kind}"
    if kind == "csv":
        write_csv(path, [INVOICE])
    elif kind == "jsonl":
        write_jsonl(path, [INVOICE])
    else:
        write_parquet(path, invoice_columns())
    # What the name would match, were it a pattern.
    write_text(folder / f"a 'b' 1xy.{kind}", "no file of this kind")
    checked = check(path)
    assert [row["invoice_id"] for row in checked.good] == ["I1"]
    assert checked.good[0]["extra_columns"] is None
