"""What the engine on Postgres needs in its database, and what is brought to it and read back. Not here: the models."""

from pathlib import Path
from urllib.parse import urlencode

import duckdb
import pytest
import yaml

from duebook.engines import postgres
from duebook.settings import DBT_PROJECT_DIR
from tests.support.publications.postgres_server import Database

# A row of each type marts have, with its nulls, and texts that formats trip over.
MARTS = """
    create schema marts;
    create table marts.every_type (
        a_bigint bigint, an_integer integer, a_boolean boolean, a_date date, a_timestamp timestamp,
        money numeric(18, 4), a_sum numeric(38, 16), a_double public.double, a_text public.string
    );
    insert into marts.every_type values
        (9223372036854775807, -1, true, '9999-12-31', '2024-02-29 23:59:59.999999',
         -99999999999999.9999, 0.0000000000000001, 0.1, ''),
        (0, 0, false, '0001-01-01', '1970-01-01', 0.1, 1, 1.7976931348623157e308,
         E' "a",\\\\N\\t''b''\\n\\\\.\\r é 漢 😀 '),
        (null, null, null, null, null, null, null, null, null);
    create view marts.a_view as select money from marts.every_type
"""
FILES = "create or replace table raw.loaded_files (file_number bigint, content_hash varchar, load_id varchar)"
INVOICES = "create or replace table raw.invoices (invoice_id varchar, amount decimal(18, 4), source_file_number bigint)"


class Landed:
    """A landing file with the tables that are brought."""

    def __init__(self, folder: Path) -> None:
        """Make it, with nothing landed."""
        self.file = folder / "landing.duckdb"
        self.run("create schema raw", FILES, INVOICES, "create table raw._dlt_loads (load_id varchar)")

    def run(self, *statements: str) -> None:
        """Run statements on it."""
        with duckdb.connect(self.file) as landed:
            for statement in statements:
                landed.execute(statement)

    def land(self, number: int, content: str = "a") -> None:
        """Land a file with one invoice."""
        self.run(
            f"insert into raw.loaded_files values ({number}, '{content}', 'l{number}')",
            f"insert into raw.invoices values ('I{number}', {number}.5, {number})",
        )


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    return Landed(tmp_path)


def brought(database: Database, landed: Landed) -> dict[str, int]:
    return postgres.bring_landing(database.url(), landed.file)


def invoices(database: Database) -> list[str]:
    return [name for (name,) in database.read("select invoice_id from raw.invoices order by invoice_id")]


def test_rows_of_files_that_are_there_are_not_brought_again(database: Database, landed: Landed) -> None:
    landed.land(1)
    assert brought(database, landed) == {"invoices": 1, "loaded_files": 1}
    landed.land(2)
    assert brought(database, landed) == {"invoices": 1, "loaded_files": 1}
    assert invoices(database) == ["I1", "I2"]
    assert brought(database, landed) == {"invoices": 0, "loaded_files": 0}


def test_all_rows_are_brought_where_other_files_have_landed(database: Database, landed: Landed) -> None:
    landed.land(1)
    landed.land(2)
    brought(database, landed)
    landed.run(FILES, INVOICES)
    landed.land(1)
    landed.land(2, content="another")
    landed.run("update raw.invoices set invoice_id = 'X' || invoice_id")
    assert brought(database, landed) == {"invoices": 2, "loaded_files": 2}
    assert invoices(database) == ["XI1", "XI2"]


def test_a_table_with_a_new_column_is_brought_whole_and_no_other(database: Database, landed: Landed) -> None:
    landed.land(1)
    brought(database, landed)
    landed.run("alter table raw.invoices add column invoice_number varchar")
    assert brought(database, landed) == {"invoices": 1, "loaded_files": 0}
    assert database.read("select count(*), count(invoice_number) from raw.invoices") == [(1, 0)]


def test_the_loaders_own_tables_are_not_brought(database: Database, landed: Landed) -> None:
    brought(database, landed)
    assert database.read("select to_regclass('raw._dlt_loads')") == [(None,)]


def test_what_models_read_of_a_publication_is_brought_once(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "published.duckdb"
    names = sorted(postgres.published_names())
    with duckdb.connect(file) as published:
        published.execute("create schema marts; create table marts.not_read as select 1 as n")
        for name in names:
            published.execute(f"create table marts.{name} as select 'r1' as refresh_id")
    postgres.bring_published(database.url(), file, "r1")
    there = "select tablename from pg_tables where schemaname = 'published' order by 1"
    assert [name for (name,) in database.read(there)] == names
    with duckdb.connect(file) as published:
        published.execute(f"update marts.{names[0]} set refresh_id = 'r2'")
    read = f"select refresh_id from published.{names[0]}"
    postgres.bring_published(database.url(), file, "r1")
    assert database.read(read) == [("r1",)]
    postgres.bring_published(database.url(), file, "r2")
    assert database.read(read) == [("r2",)]


def test_every_value_of_a_table_is_read_back_and_no_view(database: Database, landed: Landed, tmp_path: Path) -> None:
    brought(database, landed)
    database.run("set search_path = public", MARTS)
    assert postgres.read_marts(database.url(), tmp_path / "read.duckdb", "marts") == {"every_type": 3}
    with duckdb.connect(tmp_path / "read.duckdb") as read:
        found = read.execute("from marts.every_type").fetchall()
        types = [kind for _, kind, *_ in read.execute("describe marts.every_type").fetchall()]
    assert sorted(map(repr, found)) == sorted(map(repr, database.read("select * from marts.every_type")))
    assert types[-4:] == ["DECIMAL(18,4)", "DECIMAL(38,16)", "DOUBLE", "VARCHAR"]


def test_dbt_is_told_where_the_database_is() -> None:
    told = postgres.dbt_environment("postgresql://me:a%2Fb@db.example:6000/books")
    assert told == {
        "DUEBOOK_DBT_TARGET": "postgres",
        "DUEBOOK_ENGINE_HOST": "db.example",
        "DUEBOOK_ENGINE_PORT": "6000",
        "DUEBOOK_ENGINE_USER": "me",
        "DBT_ENV_SECRET_ENGINE_PASSWORD": "a/b",
        "DUEBOOK_ENGINE_DATABASE": "books",
        "DUEBOOK_ENGINE_SSLMODE": "",
        "DUEBOOK_ENGINE_SSLROOTCERT": "",
        "DUEBOOK_ENGINE_SSLCERT": "",
        "DUEBOOK_ENGINE_SSLKEY": "",
    }


def test_dbt_verifies_the_server_as_the_drivers_own_variables_say_but_for_the_url(monkeypatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "require")
    monkeypatch.setenv("PGSSLROOTCERT", "/ca.crt")
    told = postgres.dbt_environment("postgresql://me:s3cret@db/books?sslmode=verify-full")
    assert (told["DUEBOOK_ENGINE_SSLMODE"], told["DUEBOOK_ENGINE_SSLROOTCERT"]) == ("verify-full", "/ca.crt")


def test_dbt_verifies_the_server_as_the_url_says() -> None:
    options = {"sslmode": "verify-full", "sslrootcert": "/ca.crt", "sslcert": "/me.crt", "sslkey": "/me.key"}
    told = postgres.dbt_environment(f"postgresql://me:s3cret@db/books?{urlencode(options)}")
    outputs = yaml.safe_load((DBT_PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))["duebook"]["outputs"]
    for option, value in options.items():
        variable = f"DUEBOOK_ENGINE_{option.upper()}"
        assert told[variable] == value
        assert outputs["postgres"][option] == f"{{{{ env_var('{variable}', '') }}}}"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me@db/books", "names no password"),
        ("postgresql://me:s3cret@db", "names no dbname"),
        ("postgresql://me:s3cret%zz@db/books", "percent-encoded"),
        ("postgresql://me:s3cret@db/books?sslmode=require&target_session_attrs=any", "option target_session_attrs"),
    ],
)
def test_what_a_url_lacks_is_said_without_the_password(url: str, said: str) -> None:
    with pytest.raises(postgres.EngineError) as error:
        postgres.dbt_environment(url)
    assert said in str(error.value)
    assert "s3cret" not in str(error.value)
