"""A whole load: exact types, append only, each file once, nothing of a refused one, and what the registry says."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest
from dlt.destinations.impl.duckdb.duck import DuckDbClient

from duebook.contract import SOURCES_DIR, read_contract
from duebook.home import only_writer
from duebook.landing import loading
from duebook.landing.files import LandingBusyError, LandingError
from duebook.landing.loading import TableCounts, load_landing
from duebook.landing.registry import LOADED_FILES, QUARANTINED_ROWS, raw_tables
from duebook.settings import PROJECT_ROOT
from tests.support.landing.files import CUSTOMER, INVOICE, invoices, load, raw, settings_for, write_csv, write_text


@pytest.fixture
def landing(tmp_path):
    """A landing with ten good invoices."""
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "load_1.csv", invoices(10))
    return tmp_path / "landing"


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory):
    """Folder of a landing with ten good invoices, and of a home it is loaded in beside a table of others."""
    folder = tmp_path_factory.mktemp("loaded")
    file = settings_for(folder).landed_file
    file.parent.mkdir(parents=True)
    with duckdb.connect(file) as con:
        con.execute("create schema raw; create table raw.refreshes as select 'r1' as refresh_id")
    write_csv(folder / "landing" / "ar" / "invoices" / "load_1.csv", invoices(10))
    load(folder)
    return folder


@pytest.fixture
def loaded(loaded_once, tmp_path):
    """The landing of a copy of it, the home beside it."""
    shutil.copytree(loaded_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "landing"


BAD = INVOICE | {"invoice_date": "31/01/2025", "amount": "", "branch": "Wien"}


@pytest.fixture(scope="module")
def first_load(tmp_path_factory):
    """Folder of a landing with four files, three bad rows among theirs, and its home; the report; when it was begun."""
    folder = tmp_path_factory.mktemp("first")
    write_csv(folder / "landing" / "ar" / "invoices" / "load_1.csv", invoices(10))
    write_csv(folder / "landing" / "ar" / "invoices" / "load_2.csv", [*invoices(99), INVOICE | {"amount": "-1"}])
    write_csv(folder / "landing" / "ar" / "invoices" / "load_3.csv", [BAD, BAD | {"invoice_id": " "}])
    write_csv(folder / "landing" / "ar" / "customers" / "load_1.csv", [CUSTOMER])
    before = datetime.now(UTC).replace(tzinfo=None)
    return folder, load(folder, max_bad_share=0.1), before


@pytest.fixture(scope="module")
def next_load(loaded_once, tmp_path_factory):
    """A copy of it in which the file was touched and loaded again, then new files; both reports."""
    folder = tmp_path_factory.mktemp("next")
    shutil.copytree(loaded_once, folder, dirs_exist_ok=True)
    landed = folder / "landing" / "ar" / "invoices"
    os.utime(landed / "load_1.csv", (0, 0))
    again = load(folder)
    write_csv(landed / "load_0.csv", [INVOICE | {"amount": "7"}])
    write_csv(landed / "load_1.csv", invoices(3, amount="8"))
    return folder, again, load(folder)


def test_every_raw_table_is_there_with_the_contracts_types_also_when_nothing_landed_for_it(loaded_once):
    types = {
        table: [(column, data_type) for t, column, data_type in columns if t == table]
        for columns in [raw(loaded_once, "select table_name, column_name, data_type from duckdb_columns()")]
        for table in {t for t, *_ in columns}
    }
    for table in raw_tables(read_contract()):
        assert types[table.name] == [(column.name, column.sql_type) for column in table.columns]


def test_a_load_says_what_came_of_it(first_load):
    folder, report, before = first_load
    assert report.files == ("ar/customers/load_1.csv", *(f"ar/invoices/load_{n}.csv" for n in (1, 2, 3)))
    assert report.tables["invoices"] == TableCounts(rows_read=112, rows_loaded=109, rows_quarantined=3)
    assert report.tables["customers"] == TableCounts(1, 1, 0)
    assert report.tables["receipts"] == TableCounts(0, 0, 0)
    files = raw(
        folder, "select * exclude (content_hash, unpacked_hash, loaded_at) from loaded_files order by file_number"
    )
    assert files == [
        (1, "customers", "ar/customers/load_1.csv", report.load_id, 1, 1, 0),
        (2, "invoices", "ar/invoices/load_1.csv", report.load_id, 10, 10, 0),
        (3, "invoices", "ar/invoices/load_2.csv", report.load_id, 100, 99, 1),
        (4, "invoices", "ar/invoices/load_3.csv", report.load_id, 2, 0, 2),
    ]
    ((loaded_at,),) = raw(folder, "select distinct loaded_at from loaded_files")
    assert before <= loaded_at <= datetime.now(UTC).replace(tzinfo=None)
    assert raw(folder, "select distinct load_id, loaded_at from invoices") == [(report.load_id, loaded_at)]


def test_a_row_says_where_it_came_from(loaded_once):
    rows = raw(
        loaded_once,
        "select invoice_id, invoice_date, amount, due_date, source_file, source_file_number, source_row "
        "from invoices order by source_row limit 2",
    )
    assert rows == [
        ("I1", date(2025, 1, 31), Decimal("100.0000"), None, "ar/invoices/load_1.csv", 1, 1),
        ("I2", date(2025, 1, 31), Decimal("100.0000"), None, "ar/invoices/load_1.csv", 1, 2),
    ]


def test_a_row_in_quarantine_is_there_as_it_landed(first_load):
    folder, report, _ = first_load
    problems = raw(
        folder,
        "select table_name, source_file, source_file_number, source_row, column_name, value, load_id, row_key, "
        "row_as_landed from quarantined_rows where source_file_number = 4 and source_row = 1 order by column_name",
    )
    where = ("invoices", "ar/invoices/load_3.csv", 4, 1)
    as_landed = {**BAD, "amount": None}
    assert [problem[:-2] for problem in problems] == [
        (*where, "amount", None, report.load_id),
        (*where, "invoice_date", "31/01/2025", report.load_id),
    ]
    assert [(json.loads(key), json.loads(landed)) for *_, key, landed in problems] == [
        ({"invoice_id": "I1"}, as_landed),
        ({"invoice_id": "I1"}, as_landed),
    ]


@pytest.mark.long
@pytest.mark.parametrize("landed", ["2025-01-11", "2025-01-11 00:00:00", "2025-01-11T00:00:00Z"])
def test_a_bad_row_s_key_is_written_as_its_type_is_however_it_was_landed(tmp_path, landing, landed):
    rate = {"rate_date": landed, "from_currency": "USD", "to_currency": "EUR", "rate": "-1"}
    write_csv(landing / "payments" / "exchange_rates" / "load_2.csv", [rate])
    load(tmp_path, max_bad_share=1)
    [(key,)] = raw(tmp_path, "select row_key from quarantined_rows")
    assert json.loads(key) == {"rate_date": "2025-01-11", "from_currency": "USD", "to_currency": "EUR"}


def test_a_bad_row_without_its_whole_key_has_no_key(first_load):
    of_the_row = "from quarantined_rows where source_file_number = 4 and source_row = 2"
    assert raw(first_load[0], f"select distinct row_key {of_the_row}") == [(None,)]


def test_a_file_is_loaded_once_also_when_it_is_touched_but_not_changed(next_load):
    _, again, _ = next_load
    assert (again.files, again.tables["invoices"]) == ((), TableCounts(0, 0, 0))


def test_a_new_file_is_appended_with_the_next_number(next_load):
    folder, _, second = next_load
    assert second.files == ("ar/invoices/load_0.csv", "ar/invoices/load_1.csv")
    versions = raw(
        folder,
        f"select source_file_number, load_id = '{second.load_id}', amount from invoices where invoice_id = 'I1' "
        "order by 1",
    )
    assert versions == [(1, False, Decimal(100)), (2, True, Decimal(7)), (3, True, Decimal(8))]


def test_new_content_under_a_known_path_is_a_new_file(next_load):
    folder = next_load[0]
    of_the_path = "from loaded_files where source_file = 'ar/invoices/load_1.csv'"
    assert raw(folder, f"select rows_loaded {of_the_path} order by file_number") == [(10,), (3,)]
    assert raw(folder, f"select count(distinct content_hash) {of_the_path}") == [(2,)]
    assert raw(folder, "select count(*) from invoices") == [(10 + 1 + 3,)]


def test_the_same_content_under_another_path_is_another_file(tmp_path, loaded):
    write_csv(loaded / "ar" / "invoices" / "copy.csv", invoices(10))
    assert load(tmp_path).files == ("ar/invoices/copy.csv",)


@pytest.mark.parametrize(("bad", "goes_on"), [(1, True), (2, False)])
def test_the_load_stops_when_more_than_the_share_allowed_is_bad(tmp_path, landing, bad, goes_on):
    rows = [*invoices(10 - bad), *invoices(bad, amount="-1")]
    write_csv(landing / "ar" / "invoices" / "load_2.csv", rows)
    if goes_on:
        assert load(tmp_path, max_bad_share=0.05).tables["invoices"] == TableCounts(20, 19, 1)
    else:
        with pytest.raises(LandingError, match=r"invoices: 2 of 20 new rows can't be used \(10.0%; .* allows 5.0%, "):
            load(tmp_path, max_bad_share=0.05)


def test_a_load_that_stops_shows_the_problems_of_every_table_and_keeps_nothing(tmp_path, loaded):
    bad = [INVOICE | {"amount": "-3,50"}, *invoices(6, due_date="soon")]
    write_csv(loaded / "ar" / "invoices" / "load_2.csv", bad)
    write_csv(loaded / "ar" / "customers" / "load_1.csv", [CUSTOMER | {"credit_limit": "-1"}])
    with pytest.raises(LandingError) as refusal:
        load(tmp_path)
    message = str(refusal.value)
    for line in (
        "customers: 1 of 1 new rows can't be used",
        "  ar/customers/load_1.csv, row 1, credit_limit: '-1'. Expected a number of at least 0.",
        "invoices: 7 of 7 new rows can't be used",
        "  6 x due_date: Expected a date written YYYY-MM-DD.",
        "  ar/invoices/load_2.csv, row 1, amount: '-3,50'. Expected a plain number such as 1234.56, "
        "without thousands separators. This one has a decimal comma.",
    ):
        assert line in message
    assert raw(tmp_path, "select count(*) from loaded_files") == [(1,)]
    assert raw(tmp_path, "select count(*) from quarantined_rows") == [(0,)]
    write_csv(loaded / "ar" / "invoices" / "load_2.csv", [INVOICE | {"amount": "3.50"}])
    write_csv(loaded / "ar" / "customers" / "load_1.csv", [CUSTOMER])
    assert load(tmp_path).files == ("ar/customers/load_1.csv", "ar/invoices/load_2.csv")


def test_a_broken_file_keeps_every_other_file_out(tmp_path, loaded):
    write_csv(loaded / "ar" / "customers" / "load_1.csv", [CUSTOMER])
    write_text(loaded / "payments" / "receipts" / "load_1.csv", "receipt_id,amount\nR1\n")
    with pytest.raises(LandingError, match=r"payments/receipts/load_1.csv has no column company_id"):
        load(tmp_path)
    assert raw(tmp_path, "select count(*) from customers") == [(0,)]
    assert raw(tmp_path, "select count(*) from loaded_files") == [(1,)]


def test_rows_of_a_load_that_never_became_complete_are_taken_out(tmp_path, loaded):
    with duckdb.connect(settings_for(tmp_path).landed_file) as con:
        con.execute("create table raw.expected as select * from raw.invoices")
        con.execute("insert into raw.invoices select * replace ('killed' as load_id) from raw.invoices limit 3")
        con.execute("insert into raw.loaded_files (file_number, source_file, load_id) values (2, 'x.csv', 'killed')")
        con.execute("insert into raw.quarantined_rows (source_file, load_id) values ('x.csv', 'killed')")
        con.execute(
            "insert into raw._dlt_loads (load_id, schema_name, status, inserted_at) values ('b', 'l', 1, now())"
        )
        con.execute("insert into raw.invoices select * replace ('b' as load_id) from raw.invoices limit 2")
    assert load(tmp_path).files == ()
    assert raw(tmp_path, "from invoices except from expected") == []
    assert raw(tmp_path, "select count(*) from invoices") == [(10,)]
    assert raw(tmp_path, "select count(*) from loaded_files") == [(1,)]
    assert raw(tmp_path, "select count(*) from quarantined_rows") == [(0,)]


def test_a_load_that_fails_while_it_is_written_leaves_nothing(tmp_path, loaded, monkeypatch):
    write_csv(loaded / "ar" / "customers" / "load_1.csv", [CUSTOMER])
    write_csv(loaded / "ar" / "invoices" / "load_2.csv", invoices(5))

    def out_of_order(self, load_id):
        raise OSError("no space left on device")

    monkeypatch.setattr(DuckDbClient, "complete_load", out_of_order)
    with pytest.raises(Exception, match="no space left"):
        load(tmp_path)
    assert raw(tmp_path, "select count(*) from customers") == [(0,)]
    assert raw(tmp_path, "select count(*) from invoices") == [(10,)]
    monkeypatch.undo()
    assert load(tmp_path).tables["invoices"] == TableCounts(5, 5, 0)


def test_tables_that_others_keep_in_the_landing_database_are_let_be(next_load):
    assert raw(next_load[0], "from refreshes") == [("r1",)]


def test_a_column_added_to_the_contract_is_added_to_the_table(tmp_path, landing, monkeypatch):
    older = tmp_path / "older"
    older.mkdir()
    for path in SOURCES_DIR.glob("*.yml"):
        (older / path.name).write_text(path.read_text(encoding="utf-8").replace("name: invoice_number", "name: number"))
    monkeypatch.setattr(loading, "read_contract", lambda: read_contract(older))
    load(tmp_path)
    monkeypatch.undo()
    write_csv(landing / "ar" / "invoices" / "load_2.csv", [INVOICE | {"invoice_number": "N-1"}])
    load(tmp_path)
    assert raw(tmp_path, "select invoice_number, count(*) from invoices group by all order by 1 nulls last") == [
        ("N-1", 1),
        (None, 10),
    ]


def test_a_table_with_another_type_than_the_contract_says_is_refused(tmp_path, loaded):
    with duckdb.connect(settings_for(tmp_path).landed_file) as con:
        con.execute("alter table raw.invoices alter amount type double")
    with pytest.raises(LandingError, match=r"raw.invoices.amount is DOUBLE, but the contract now says DECIMAL\(18,4\)"):
        load(tmp_path)


def test_another_landing_needs_another_home(tmp_path, loaded):
    (loaded / "ar" / "invoices" / "load_1.csv").unlink()
    write_csv(loaded / "ar" / "invoices" / "export.csv", invoices(1))
    with pytest.raises(LandingError, match="was loaded from another landing"):
        load(tmp_path)


def test_a_loaded_file_that_was_taken_away_is_named_and_its_rows_stay(tmp_path, first_load):
    shutil.copytree(first_load[0], tmp_path, dirs_exist_ok=True)
    (tmp_path / "landing" / "ar" / "invoices" / "load_2.csv").unlink()
    lines = []
    load_landing(settings_for(tmp_path), lines.append)
    assert lines[0] == (
        "warning: 1 loaded files are no longer in the landing, such as ar/invoices/load_2.csv; their rows stay"
    )
    assert raw(tmp_path, "select count(*) from invoices") == [(109,)]


def test_a_landing_database_that_is_open_elsewhere_is_named(tmp_path, loaded):
    file = settings_for(tmp_path).landed_file
    code = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(LandingBusyError, match=r"landing.duckdb can't be opened: .*lock"):
            load(tmp_path)
        other.communicate("\n")


def test_two_loads_into_one_home_do_not_meet(tmp_path, loaded):
    with only_writer(settings_for(tmp_path)):
        ended = run_as_module(tmp_path)
    assert ended.returncode == 1
    assert "error: Another refresh is under way" in ended.stderr


def test_as_a_module_it_loads_by_the_environment_and_leaves_nothing_outside_the_home(tmp_path, landing):
    ended = run_as_module(tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "invoices: 10 rows in 1 file, 0 of them to quarantine" in ended.stdout
    assert raw(tmp_path, "select count(*) from invoices") == [(10,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "home", "landing"]
    assert list((tmp_path / "elsewhere").rglob("*")) == []


def test_as_a_module_it_ends_with_the_reason_and_not_with_a_traceback(tmp_path, landing):
    write_text(landing / "ar" / "invoices" / "load_2.csv", "invoice_id\nI1,I2\n")
    ended = run_as_module(tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ar/invoices/load_2.csv has no column company_id")
    assert "Traceback" not in ended.stderr


def run_as_module(folder):
    """Load in a process of its own, from a folder that is the user's home, too."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    environment = os.environ | {
        "DUEBOOK_LANDING": str(folder / "landing"),
        "DUEBOOK_HOME": str(folder / "home"),
        "HOME": str(elsewhere),
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    return subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-m", "duebook.landing.loading"],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_registry_and_the_quarantine_are_no_tables_of_the_contract():
    names = {table.name for table in read_contract().tables}
    assert not names & {LOADED_FILES.name, QUARANTINED_ROWS.name}
