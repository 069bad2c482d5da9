"""ERPNext's tables in Postgres, attached: what is read of it, and that it is only read.

Needs Postgres (Debian's package postgresql) and the optional packages of `make install ADAPTERS=1`; says so without.
"""

from collections.abc import Iterator
from urllib.parse import quote

import duckdb
import pytest
from psycopg import sql

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.sources import DATABASE, Source
from duebook.adapters.landing import work_database
from duebook.settings import Settings
from tests.support.adapters.databases import needs_extension
from tests.support.adapters.month_ends import differences, made_of
from tests.support.borrowed import SHAPES_DIR, SOURCES, needs_borrowed
from tests.support.publications.postgres_server import PASSWORD, PUBLISHER, Database, new_database

SOURCE, EXPECTED = SHAPES_DIR / "erpnext", SHAPES_DIR / "expected" / "erpnext_ar_monthly.csv"

pytestmark = [needs_borrowed(SOURCES), needs_extension("postgres_scanner")]

# As Frappe makes them on Postgres.
TYPES = {"BIGINT": "bigint", "DOUBLE": "numeric(21, 9)", "DATE": "date", "TIMESTAMP": "timestamp"}


@pytest.fixture(scope="module")
def erpnext(postgres_folder) -> Iterator[Database]:
    """A database with the fixture's tables, whose names hold spaces."""
    database = new_database(postgres_folder)
    with database.connect() as connection, duckdb.connect() as con:
        for file in sorted(SOURCE.glob("*.csv")):
            rows = con.execute("select * from read_csv(?)", [str(file)])
            columns = [(name, TYPES.get(str(kind), "varchar")) for name, kind, *_ in rows.description]
            table = sql.Identifier(file.stem)
            made = sql.SQL(", ").join(sql.SQL("{} " + kind).format(sql.Identifier(name)) for name, kind in columns)
            connection.execute(sql.SQL("create table {} ({})").format(table, made))
            with connection.cursor().copy(sql.SQL("copy {} from stdin").format(table)) as copy:
                for row in rows.fetchall():
                    copy.write_row(row)
    yield database


@pytest.fixture
def address(erpnext) -> str:
    """Its address without the password, which stands in the environment."""
    return f"postgresql://{PUBLISHER}@/{erpnext.name}?host={quote(str(erpnext.folder), safe='')}"


def test_month_ends_are_those_of_its_files(tmp_path, address, monkeypatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with made_of("erpnext", address, tmp_path) as made:
        assert differences(made.extracted, EXPECTED) == {}
        assert made.tie.differences == []


def test_an_address_may_hold_the_password(tmp_path, erpnext) -> None:
    with work_database(Settings(home=tmp_path)) as con:
        source = Source(con, erpnext.url())
        assert "tabPayment Ledger Entry" in source.names("public")
        assert "***" in source.place and quote(PASSWORD, safe="") not in source.place


@pytest.mark.parametrize(
    "statement",
    [
        'delete from {}.public."tabCustomer"',
        'update {}.public."tabCustomer" set customer_name = null',
        "create table {}.public.mine (id integer)",
        "call postgres_execute('{}', 'drop table \"tabCustomer\"')",
    ],
)
def test_nothing_is_written_though_the_login_may(tmp_path, erpnext, statement) -> None:
    with work_database(Settings(home=tmp_path)) as con:
        Source(con, erpnext.url())
        with pytest.raises(duckdb.Error, match=r"read-only|read only"):
            con.execute(statement.format(DATABASE))
    assert erpnext.read('select count(*), count(customer_name) from "tabCustomer"') == [(12, 12)]


def test_a_wrong_password_is_not_in_the_message(tmp_path, erpnext) -> None:
    with work_database(Settings(home=tmp_path)) as con, pytest.raises(AdapterError) as refused:
        Source(con, erpnext.url(password="wr0ng:pass"))
    assert "password authentication failed" in str(refused.value)
    assert "wr0ng" not in str(refused.value)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path) -> None:
    with work_database(Settings(home=tmp_path)) as con, pytest.raises(AdapterError) as refused:
        Source(con, f"postgres://reader:s3cret@/erp?host={quote(str(tmp_path), safe='')}")
    assert "can't be opened" in str(refused.value)
    assert "s3cret" not in str(refused.value)
