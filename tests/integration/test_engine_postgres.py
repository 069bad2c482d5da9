"""The steps of a refresh in Postgres: what is whose there, the sign of a build, what is handed over, and how it fails.

Not here: that the models give the same figures there (tests/engines).
"""

from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import psycopg
import pytest
from pydantic import SecretStr

from duebook.engines.choice import engine_of, refuse_what_cannot_run
from duebook.engines.engine import BUILT, DuckDBFiles, EngineError
from duebook.engines.in_postgres import InPostgres
from duebook.publication.targets import Target, targets_of
from duebook.settings import PERSONAL_SCHEMA, Settings
from duebook.warehouse.build_plan import Build
from duebook.warehouse.manifest import read_manifest
from tests.support.built_home import DAY, NEXT, Home, no_views
from tests.support.publications.postgres_server import PASSWORD, PUBLISHER, Database

TYPES = {
    "a_text": ("text", "'a, \"b\"\n'", 'a, "b"\n'),
    "an_empty_text": ("text", "''", ""),
    "a_null": ("text", "null", None),
    "an_amount": ("numeric(18, 2)", "-0.10", Decimal("-0.10")),
    "a_count": ("bigint", "9007199254740993", 9007199254740993),
    "a_ratio": ("double precision", "0.1::double precision + 0.2::double precision", 0.1 + 0.2),
    "a_day": ("date", "'2024-02-29'", date(2024, 2, 29)),
    "a_mark": ("boolean", "true", True),
}

KPI_TARGETS = """kpi_id,level,valid_from,target,source
dso,portfolio,2024-07-01,45.5,"Theirs, and ours"
cei,portfolio,2024-07-01,85,""
"""
MODELS = [
    {
        "schema": schema,
        "name": "mart",
        "description": "It's a mart",
        "config": {},
        "columns": {name: {"name": name, "description": f"A {name}"} for name in TYPES},
    }
    for schema in ("marts", PERSONAL_SCHEMA)
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with some landed rows."""
    return Home(tmp_path_factory.mktemp("built") / "a home")


@pytest.fixture
def home(built: Home, tmp_path: Path, database: Database) -> Home:
    """A copy of it, whose models are built in a database of its own."""
    home = built.copied_to(tmp_path / "a home")
    of_engine = {"engine": "postgres", "engine_url": SecretStr(database.url())}
    home.settings = home.settings.model_copy(update=of_engine)
    return home


def postgres(home: Home) -> InPostgres:
    return engine_of(home.settings, targets_of(home.settings, [DAY])[0])


def builds(home: Home, day: date) -> Build:
    """Build as a refresh does; what dbt would make is one mart."""
    build = home.plan(day)
    build.begin()
    build.engine.begin(everything=build.changed_since is None)
    home_database = home.settings.engine_url.get_secret_value()
    make_mart(home_database)
    build.engine.hand_over(MODELS, no_views)
    build.end(went_well=True)
    return build


def make_mart(url: str) -> None:
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in TYPES.items())
    values = ", ".join(value for _, value, _ in TYPES.values())
    with psycopg.connect(url) as connection:
        for schema in ("marts", PERSONAL_SCHEMA):
            connection.execute(f"drop table if exists {schema}.mart cascade; create table {schema}.mart ({columns})")
            connection.execute(f"insert into {schema}.mart values ({values})")


def test_a_home_builds_in_duckdb_unless_told_otherwise_and_past_days_always(home: Home) -> None:
    [target] = targets_of(home.settings, [DAY])
    past = Target(DAY, target.warehouse_file, target.published_dir, target.published_file, is_past=True)
    in_duckdb = home.settings.model_copy(update={"engine": "duckdb"})
    chosen = [engine_of(*which) for which in ((home.settings, target), (home.settings, past), (in_duckdb, target))]
    assert [type(one) for one in chosen] == [InPostgres, DuckDBFiles, DuckDBFiles]


def test_landed_rows_are_there_before_dbt_and_marts_in_the_files_after_it(home: Home, database: Database) -> None:
    builds(home, DAY)
    assert database.read("select customer_id from raw.customers") == [("K",)]
    [target] = targets_of(home.settings, [DAY])
    for file, schema in ((target.marts_file, "marts"), (target.warehouse_file, PERSONAL_SCHEMA)):
        with duckdb.connect(file, read_only=True) as handed_over:
            found = handed_over.execute(f"from {schema}.mart")
            names = [column[0] for column in found.description]
            assert dict(zip(names, found.fetchone(), strict=True)) == {name: row[2] for name, row in TYPES.items()}
    with duckdb.connect(target.marts_file, read_only=True) as marts:
        assert marts.execute("select comment from duckdb_tables() where table_name = 'mart'").fetchall() == [
            ("It's a mart",)
        ]
        said = "select comment from duckdb_columns() where table_name = 'mart' and column_name = 'a_day'"
        assert marts.execute(said).fetchall() == [("A a_day",)]


def test_the_next_day_brings_new_files_and_adds_to_what_is_there(home: Home, database: Database) -> None:
    first = builds(home, DAY)
    database.run("create table marts.kept as select 1 as one")
    home.landed.row("customers", customer_id="L", source_file_number=2)
    home.file(2)
    second = builds(home, NEXT)
    assert (first.why_full, second.why_full) == (
        "it was built with duckdb, its own files, and this build is with " + f"postgres, {postgres(home).place}",
        None,
    )
    assert database.read("select customer_id from raw.customers order by 1") == [("K",), ("L",)]
    assert database.read("select one from marts.kept") == [(1,)]


def test_reference_files_of_the_home_are_brought_as_they_are(home: Home, database: Database) -> None:
    reference = home.settings.reference_dir / "kpi_targets.csv"
    reference.parent.mkdir()
    reference.write_text(KPI_TARGETS, encoding="utf-8-sig")
    postgres(home).begin(everything=True)
    assert database.read("select kpi_id, target, source from raw.home_kpi_targets") == [
        ("dso", "45.5", "Theirs, and ours"),
        ("cei", "85", None),
    ]


def test_a_full_build_drops_what_was_built_and_brings_every_row(home: Home, database: Database) -> None:
    builds(home, DAY)
    database.run("create table marts.of_an_old_model as select 1 as one", "delete from raw.loaded_files")
    postgres(home).begin(everything=True)
    assert database.read("select to_regclass('marts.of_an_old_model'), count(*) from raw.customers") == [(None, 1)]


def test_what_is_forgotten_leaves_no_table_and_the_next_build_brings_every_row(home: Home, database: Database) -> None:
    builds(home, DAY)
    postgres(home).forget()
    tables = "select count(*) from pg_tables where schemaname not like 'pg_%' and schemaname <> 'information_schema'"
    assert database.read(tables) == [(0,)]
    assert "has not ended, or another one came after it" in home.plan(NEXT).why_full
    builds(home, NEXT)
    assert database.read("select customer_id from raw.customers") == [("K",)]


def test_a_build_that_has_not_ended_leaves_no_sign_and_the_next_starts_over(home: Home) -> None:
    builds(home, DAY)
    assert home.plan(NEXT).why_full is None
    postgres(home).begin(everything=False)
    assert postgres(home).left_as() is None
    assert home.plan(NEXT).why_full.endswith("has not ended, or another one came after it")


def test_a_build_of_another_home_in_the_same_database_starts_over(home: Home, built: Home, tmp_path: Path) -> None:
    builds(home, DAY)
    other = built.copied_to(tmp_path / "another home")
    other.settings = other.settings.model_copy(update={"engine": "postgres", "engine_url": home.settings.engine_url})
    builds(other, DAY)
    assert home.plan(NEXT).why_full.endswith("has not ended, or another one came after it")
    builds(home, NEXT)
    assert home.plan(NEXT).why_full is None


def test_what_another_home_has_published_there_counts_for_none_that_has_published_nothing(
    home: Home, database: Database
) -> None:
    builds(home, DAY)
    database.run("create table published.fct_receivables_ledger as select 1 as one")
    postgres(home).begin(everything=True)
    assert database.read("select to_regclass('published.fct_receivables_ledger')") == [(None,)]


@pytest.mark.parametrize("schema", ["staging", "raw", "published"])
def test_tables_that_duebook_did_not_make_are_left_and_named(home: Home, database: Database, schema: str) -> None:
    database.run(f"create schema {schema}", f"create table {schema}.theirs as select 1 as one")
    with pytest.raises(EngineError, match=f"has tables in a schema {schema} that Duebook did not make"):
        postgres(home).begin(everything=True)
    assert database.read(f"select one from {schema}.theirs") == [(1,)]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("function staging.theirs() returns int language sql as 'select 1'", "functions"),
        ("domain staging.theirs as text", "types"),
        ("type staging.theirs as enum ('a')", "types"),
    ],
)
def test_functions_and_types_that_duebook_did_not_make_are_left(
    home: Home, database: Database, made: str, said: str
) -> None:
    database.run("create schema staging", f"create {made}")
    with pytest.raises(EngineError, match=f"has {said} in a schema staging that Duebook did not make"):
        postgres(home).begin(everything=True)
    database.run(f"drop {made.split(' ')[0]} staging.theirs")


def test_a_database_that_orders_text_otherwise_is_refused_and_left_as_it_is(home: Home, database: Database) -> None:
    otherwise = Database(database.folder, f"{database.name}_otherwise")
    with Database(database.folder, "postgres").connect("admin", autocommit=True) as admin:
        admin.execute(
            f"create database {otherwise.name} owner {PUBLISHER} template template0"
            " locale_provider icu icu_locale 'en' locale 'C.UTF-8'"
        )
    home.settings = home.settings.model_copy(update={"engine_url": SecretStr(otherwise.url())})
    with pytest.raises(EngineError, match=r"orders text by .* create database"):
        postgres(home).begin(everything=True)
    assert otherwise.read("select to_regnamespace('staging'), to_regnamespace('raw')") == [(None, None)]


def test_two_homes_never_build_in_one_database_at_the_same_time(home: Home) -> None:
    building, another = postgres(home), postgres(home)
    building.begin(everything=True)
    for step in (partial(another.begin, everything=True), another.forget):
        with pytest.raises(EngineError, match=r"another build is under way in .* separate database"):
            step()
    building.end(went_well=True)
    another.begin(everything=True)
    # A build whose process has ended keeps nobody out.
    del another, step
    building.begin(everything=True)


def test_an_empty_schema_of_that_name_is_taken(home: Home, database: Database) -> None:
    database.run("create schema staging")
    postgres(home).begin(everything=True)
    assert database.read("select obj_description('staging'::regnamespace)") == [("Built by Duebook",)]


def test_files_of_before_stay_if_marts_cant_be_handed_over(home: Home, database: Database) -> None:
    builds(home, DAY)
    [target] = targets_of(home.settings, [DAY])
    before = target.marts_file.read_bytes()
    database.run("create table marts.wrong as select '1 day'::interval as of_no_known_type")
    with pytest.raises(EngineError, match="interval"):
        postgres(home).hand_over(MODELS, no_views)
    assert target.marts_file.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:{password}@127.0.0.1:1/books", "Connection refused"),
        ("postgresql://me:{password}@[::1/books", "can't be read"),
    ],
)
def test_an_engine_out_of_reach_is_named_in_one_line_without_the_password(home: Home, url: str, said: str) -> None:
    url = url.format(password=PASSWORD.replace("@", "%40").replace("/", "%2F").replace("%r", "%25r"))
    home.settings = home.settings.model_copy(update={"engine_url": SecretStr(url)})
    with pytest.raises(EngineError, match=said) as raised:
        postgres(home).begin(everything=True)
    assert "\n" not in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_what_a_failed_test_finds_is_read_in_the_engine(home: Home) -> None:
    found = postgres(home).first_rows("select * from (values (1, 'a'), (2, 'b')) as found (number, letter)", 1)
    assert found == (["number", "letter"], [(1, "a")])
    with pytest.raises(EngineError, match="nothing"):
        postgres(home).first_rows("select * from nothing", 1)


def test_every_schema_dbt_builds_in_is_known_to_be_duebooks() -> None:
    nodes = read_manifest()["nodes"].values()
    assert {node["schema"] for node in nodes if node["resource_type"] in ("model", "seed")} == set(BUILT)


def test_an_address_dbt_cannot_take_is_refused_before_anything_is_loaded() -> None:
    url = "postgresql://me:s3cret@127.0.0.1:1/books?sslmode=require"
    refuse_what_cannot_run(Settings(engine="postgres", engine_url=url))
    with pytest.raises(EngineError, match="has the option options, which dbt can't take: leave it out"):
        refuse_what_cannot_run(Settings(engine="postgres", engine_url=f"{url}&options=-cjit%3Doff"))


def test_postgres_needs_a_database() -> None:
    with pytest.raises(ValueError, match="DUEBOOK_ENGINE_URL isn't set"):
        Settings(engine="postgres")
