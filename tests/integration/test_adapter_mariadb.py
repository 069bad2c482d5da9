"""A source's tables in MariaDB, attached as MySQL is: what is read of it, and that it is only read.

Needs MariaDB (Debian's package mariadb-server) and the optional packages of `make install ADAPTERS=1`; says so without.
"""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.sources import DATABASE, Source
from duebook.adapters.landing import work_database
from duebook.settings import Settings
from duebook.sql_text import literal
from tests.support.adapters.books import customers, write_adapter
from tests.support.adapters.databases import needs_extension
from tests.support.adapters.mariadb_server import PASSWORD, Database
from tests.support.adapters.month_ends import differences, made_of
from tests.support.borrowed import SHAPES_DIR, SOURCES, needs_borrowed

SOURCE, EXPECTED = SHAPES_DIR / "erpnext", SHAPES_DIR / "expected" / "erpnext_ar_monthly.csv"

pytestmark = needs_extension("mysql_scanner")

CUSTOMER = """
create table customer (
    id varchar(140) primary key, name varchar(140), `limit` decimal(21, 9), changed datetime(6), is_current tinyint(1)
);
insert into customer values
    ('1', 'A', 12.5, '2024-01-05 10:11:12.5', 1), ('2', 'B', null, null, 0), ('3', 'Ünï ''quoted''', -0.01, null, null);
create view of_the_view as select id, name from customer where id = '1';
"""
# As Frappe makes them on MariaDB; the fixture's files say no more than how their cells look.
TYPES = {"BIGINT": "int(1)", "DOUBLE": "decimal(21,9)", "DATE": "date", "TIMESTAMP": "datetime(6)"}


@pytest.fixture(scope="module")
def books(mariadb) -> Iterator[Database]:
    mariadb.run(CUSTOMER)
    yield mariadb


@pytest.fixture
def adapter(tmp_path) -> Path:
    return write_adapter(tmp_path)


def frappe_tables(folder: Path) -> Iterator[str]:
    """Statements that make the tables of a folder of CSV files."""
    for file in sorted(folder.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        kinds = duckdb.sql(f"describe select * from read_csv({literal(file)})").fetchall()
        columns = ", ".join(f"`{name}` {TYPES.get(kind, 'varchar(140)')}" for name, kind, *_ in kinds)
        yield f"create table `{file.stem}` ({columns});"
        for row in rows:
            cells = ["null" if cell == "" else literal(cell) for cell in row.values()]
            yield f"insert into `{file.stem}` values ({', '.join(cells)});"


def test_cells_come_in_the_types_of_the_adapter(adapter, books) -> None:
    rows = customers(adapter, books.url())
    assert [(row["customer_id"], row["customer_name"], row["credit_limit"]) for row in rows] == [
        ("1", "A", Decimal("12.5")),
        ("3", "Ünï 'quoted'", Decimal("-0.01")),
    ]


def test_a_view_is_read_as_a_table_is(adapter, books) -> None:
    assert len(customers(adapter, books.url(), "tables: {customer: of_the_view}")) == 1


def test_the_systems_own_tables_are_none_of_the_sources(tmp_path, books) -> None:
    with work_database(Settings(home=tmp_path)) as con:
        source = Source(con, books.url())
        assert {"customer", "of_the_view"} <= set(source.names(None))
        # Every server has information_schema.TABLES.
        assert "TABLES" not in source.names(None)
        assert source.find("tables", None) is None


def test_a_small_whole_number_is_no_yes_or_no(tmp_path, books) -> None:
    """`docstatus` is 2 where a document was cancelled, and its column may be a tinyint(1)."""
    books.run("create table documents (docstatus tinyint(1)); insert into documents values (2);")
    with work_database(Settings(home=tmp_path)) as con:
        found = Source(con, books.url()).find("documents", None)
        assert con.execute(f"select cast(docstatus as varchar) from {found.relation}").fetchall() == [("2",)]


def test_a_password_may_stand_in_the_environment(adapter, books, monkeypatch) -> None:
    monkeypatch.setenv("MYSQL_PWD", PASSWORD)
    assert len(customers(adapter, books.url(password=None))) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "delete from {}.{}.customer",
        "update {}.{}.customer set name = null",
        "create table {}.{}.mine (id integer)",
        "call mysql_execute('{}', 'drop table {}.customer')",
    ],
)
def test_nothing_is_written_though_the_login_may(tmp_path, books, statement) -> None:
    with work_database(Settings(home=tmp_path)) as con:
        Source(con, books.url())
        with pytest.raises(duckdb.Error, match=r"read-only|read only"):
            con.execute(statement.format(DATABASE, books.name))
    assert books.run("select count(*), count(name) from customer") == [["3", "3"]]


def test_a_wrong_password_is_not_in_the_message(tmp_path, books) -> None:
    with work_database(Settings(home=tmp_path)) as con, pytest.raises(AdapterError) as refused:
        Source(con, books.url(password="wr0ng:pass"))
    # Why, the client keeps for itself: it tries again by a port, which nobody listens to here.
    assert "can't be opened" in str(refused.value)
    assert "wr0ng" not in str(refused.value)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path) -> None:
    with work_database(Settings(home=tmp_path)) as con, pytest.raises(AdapterError) as refused:
        Source(con, f"mysql://reader:s3cret@localhost/erp?socket={quote(str(tmp_path / 'none'), safe='')}")
    assert "can't be opened" in str(refused.value)
    assert "s3cret" not in str(refused.value)


@needs_borrowed(SOURCES)
def test_erpnexts_month_ends_are_those_of_its_files(tmp_path, mariadb) -> None:
    mariadb.run("\n".join(frappe_tables(SOURCE)))
    with made_of("erpnext", mariadb.url(), tmp_path) as made:
        assert differences(made.extracted, EXPECTED) == {}
        assert made.tie.differences == []
