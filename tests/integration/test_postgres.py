"""The publication in Postgres: that it is the published file's, who may read what, and what a failure leaves."""

import threading
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from psycopg import errors
from pydantic import SecretStr

from duebook.publication.postgres import roles as postgres_roles
from duebook.publication.postgres.publish import PostgresError
from duebook.settings import PERSONAL_FILE
from tests.support.publications.postgres_server import MAY_ANALYSE, MAY_READ, NOBODY, PASSWORD, PUBLISHER, Database
from tests.support.publications.to_postgres import Home

# A column a type, the ends of its range, and text that formats trip over.
EVERY_TYPE = """
    create or replace table marts.every_type as
    select * from (values
        (9223372036854775807, -2147483648, true, date '0001-01-01', timestamp '2024-02-29 23:59:59.999999',
         99999999999999.9999, 0.000000000001, 12345678901234567890.1234, 0.1, 'infinity'::double, ''),
        (-9223372036854775808, 2147483647, false, date '9999-12-31', timestamp '1970-01-01 00:00:00',
         -99999999999999.9999, -1234567.123456789012, -0.0001, 1e-300, '-infinity'::double,
         ' "a",\\N\t''b''\n\\.\r é 漢 😀 '),
        (0, 0, null, null, null, 0.1, 1, 0, 1.7976931348623157e308, 'nan'::double, '\\.'),
        (null, null, null, null, null, null, null, null, null, null, null)
    ) as made (a_bigint, an_integer, a_boolean, a_date, a_timestamp, money, rate, sum_of_products, a_double, a_limit,
               a_text)
"""
TYPES = {
    "a_bigint": "bigint", "an_integer": "integer", "a_boolean": "boolean", "a_date": "date",
    "a_timestamp": "timestamp without time zone", "money": "numeric(18,4)", "rate": "numeric(19,12)",
    "sum_of_products": "numeric(24,4)", "a_double": "double precision", "a_limit": "double precision",
    "a_text": "text",
}  # fmt: skip
CASTS = {"money": "decimal(18,4)", "rate": "decimal(19,12)", "sum_of_products": "decimal(24,4)"}


@pytest.fixture
def home(tmp_path: Path, database: Database) -> Home:
    return Home(tmp_path, database)


def with_every_type(home: Home) -> None:
    home.build("r1")
    home.run(
        EVERY_TYPE,
        *(f"alter table marts.every_type alter {column} type {kind}" for column, kind in CASTS.items()),
        "alter table marts.every_type alter an_integer type integer",
        "alter table marts.every_type alter a_double type double",
        "comment on table marts.every_type is 'It''s 100% {every} type'",
        "comment on column marts.every_type.money is 'Money: \"exact\"'",
    )
    home.publish_file("r1")


def test_every_value_arrives_exactly(home: Home) -> None:
    with_every_type(home)
    done = home.publish_to_postgres()
    with duckdb.connect(home.settings.published_file, read_only=True) as published:
        expected = published.execute("from marts.every_type").fetchall()
    found = home.database.read("select * from marts.every_type")
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    assert Decimal("-1234567.123456789012") in {row[6] for row in found}
    assert {row[-1] for row in found} >= {"", None}
    assert done.row_counts["marts.every_type"] == 4


def test_types_comments_and_keys_are_kept(home: Home) -> None:
    with_every_type(home)
    home.publish_to_postgres()
    columns = home.database.read(
        "select attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum) from pg_attribute"
        " where attrelid = 'marts.every_type'::regclass and attnum > 0"
    )
    assert {name: kind for name, kind, _ in columns} == TYPES
    assert {name: comment for name, _, comment in columns if comment} == {"money": 'Money: "exact"'}
    assert home.database.read("select obj_description('marts.every_type'::regclass)") == [("It's 100% {every} type",)]
    keys = home.database.read(
        "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
        " where contype = 'p' and connamespace::regnamespace::text in ('marts', 'personal') order by 1"
    )
    assert keys == [
        ("marts.dim_parcels", "PRIMARY KEY (refresh_id, n)"),
        ("marts.fct_parcels", "PRIMARY KEY (n)"),
        ("personal.customer_contacts", "PRIMARY KEY (customer_id)"),
    ]


def test_the_schemas_say_what_is_published(home: Home) -> None:
    home.publish("r1")
    [(said,)] = home.database.read("select obj_description('marts'::regnamespace)")
    assert said.startswith("Published by Duebook ")
    assert said.endswith("as of 2024-03-15, refresh r1")


def test_the_next_publication_replaces_everything(home: Home) -> None:
    home.publish("r1")
    before = home.tables()
    home.run("drop table marts.parcels_monthly", "create table marts.new_one as select 1 as n")
    home.run("alter table marts.fct_parcels add column more integer")
    home.publish_file("r2")
    home.publish_to_postgres()
    after = home.tables()
    assert set(before) - set(after) == {"marts.parcels_monthly"}
    assert set(after) - set(before) == {"marts.new_one"}
    assert home.database.read("select count(*), count(more) from marts.fct_parcels") == [(100, 0)]


READ_MARTS = "select refresh_id from marts.fct_parcels limit 1"
READ_PERSONAL = "select email from personal.customer_contacts limit 1"
WRITES_PERSONAL = [
    "insert into personal.customer_contacts (customer_id) values ('C-1')",
    "update personal.customer_contacts set email = null",
    "delete from personal.customer_contacts",
    "truncate personal.customer_contacts",
    "drop table personal.customer_contacts",
    "create table personal.my_own (n integer)",
]
# Of the schemas, and of what is in them: to whom something is granted, 0 for everybody.
GRANTED = """
    select coalesce(pg_get_userbyid(nullif(grantee, 0)), 'public'), nspname, privilege_type
    from pg_namespace cross join aclexplode(nspacl)
    where nspname ~ '^(marts|personal|duebook_)' and grantee <> nspowner
    union
    select coalesce(pg_get_userbyid(nullif(grantee, 0)), 'public'), relnamespace::regnamespace::text, privilege_type
    from pg_class cross join aclexplode(relacl)
    where relnamespace::regnamespace::text ~ '^(marts|personal|duebook_)' and grantee <> relowner
    order by 1, 2, 3
"""
WRITES = [
    "insert into marts.fct_parcels (n) values (-1)",
    "update marts.fct_parcels set amount = 0",
    "delete from marts.fct_parcels",
    "truncate marts.fct_parcels",
    "drop table marts.fct_parcels",
    "create table marts.my_own (n integer)",
    "create view marts.my_view as select 1",
]


@pytest.mark.parametrize(
    "refreshes",
    [pytest.param(["r1"], marks=pytest.mark.long, id="at first"), pytest.param(["r1", "r2"], id="again")],
)
@pytest.mark.parametrize(
    ("login", "may", "may_not"),
    [
        (MAY_READ, [READ_MARTS], [READ_PERSONAL, *WRITES, *WRITES_PERSONAL]),
        (MAY_ANALYSE, [READ_MARTS, READ_PERSONAL], [*WRITES, *WRITES_PERSONAL]),
        (NOBODY, [], [READ_MARTS, READ_PERSONAL, *WRITES, *WRITES_PERSONAL]),
    ],
)
def test_a_role_reads_what_it_may_and_writes_nothing(home, refreshes, login, may, may_not) -> None:
    for refresh_id in refreshes:
        home.publish(refresh_id)
    for query in may:
        assert home.database.read(query, login)[0][0].startswith(refreshes[-1])
    for query in may_not:
        with pytest.raises(errors.InsufficientPrivilege):
            home.database.read(query, login)


def test_reading_is_granted_to_the_two_roles_and_nothing_to_everybody(home: Home) -> None:
    home.publish("r1")
    assert home.database.read(GRANTED) == [
        ("duebook_analyst", "marts", "SELECT"),
        ("duebook_analyst", "marts", "USAGE"),
        ("duebook_analyst", "personal", "SELECT"),
        ("duebook_analyst", "personal", "USAGE"),
        ("duebook_reader", "marts", "SELECT"),
        ("duebook_reader", "marts", "USAGE"),
    ]


def test_what_was_granted_by_hand_ends_with_the_next_publication(home: Home) -> None:
    home.publish("r1")
    home.database.run("grant usage on schema personal to duebook_reader")
    home.database.run("grant select on personal.customer_contacts to public")
    assert home.database.read(READ_PERSONAL, MAY_READ)
    home.publish("r2")
    with pytest.raises(errors.InsufficientPrivilege):
        home.database.read(READ_PERSONAL, MAY_READ)


def test_a_missing_role_is_made_or_asked_for(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_roles, "ROLES", (database.name,))
    with (
        database.connect(NOBODY, autocommit=True) as nobody,
        pytest.raises(postgres_roles.MissingRoleError, match=f"run once: create role {database.name} nologin;"),
    ):
        postgres_roles.ensure_roles(nobody)
    with database.connect(autocommit=True) as publisher:
        postgres_roles.ensure_roles(publisher)
        found = publisher.execute("select rolcanlogin from pg_roles where rolname = %s", [database.name]).fetchall()
    assert found == [(False,)]


def refused(home: Home, url: str | None = None) -> str:
    if url:
        home.settings = home.settings.model_copy(update={"postgres_url": SecretStr(url)})
    with pytest.raises(PostgresError) as error:
        home.publish_to_postgres()
    message = str(error.value)
    assert len(message.splitlines()) == 1
    assert PASSWORD not in message
    return message


def test_what_is_wrong_with_the_connection_is_said_in_one_line_without_the_password(home: Home) -> None:
    home.build("r1")
    home.publish_file("r1")
    there = home.database
    assert "password authentication failed" in refused(home, there.url(password=PASSWORD + "!"))
    assert 'database "nowhere" does not exist' in refused(home, Database(there.folder, "nowhere").url())
    assert "No such file" in refused(home, Database(there.folder / "not here", there.name).url())
    assert "percent-encoded" in refused(home, f"postgresql://me:{PASSWORD}@localhost/it")
    assert "permission denied for database" in refused(home, there.url(NOBODY))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (
            "create or replace table marts.parcels_monthly as select [1] as a_list",
            "marts.parcels_monthly.a_list: no type",
        ),
        (
            "insert into marts.parcels_monthly (refresh_id) values ('a' || chr(0) || 'b')",
            "marts.parcels_monthly: invalid byte",
        ),
        ("insert into marts.fct_parcels (n) values (1)", "marts.fct_parcels: could not create unique index"),
    ],
)
def test_a_failure_leaves_the_publication_untouched(home: Home, broken: str, said: str) -> None:
    home.publish("r1")
    before = home.tables()
    home.build("r2")
    home.run(broken)
    home.publish_file("r2")
    assert said in refused(home)
    assert home.tables() == before
    assert home.in_postgres() == {"r1"}
    home.publish("r3")
    assert home.in_postgres() == {"r3"}


def test_what_a_killed_load_left_is_gone_after_the_next(home: Home) -> None:
    home.publish("r1")
    home.database.run(
        "create schema duebook_staging_marts", "create table duebook_staging_marts.fct_parcels (n integer)"
    )
    home.publish("r2")
    assert {name.split(".")[0] for name in home.tables()} == {"marts", "personal"}


def test_somebody_elses_schema_is_not_touched(home: Home) -> None:
    home.database.run("create schema marts", "create table marts.mine (n integer)")
    home.build("r1")
    home.publish_file("r1")
    assert "a schema marts that Duebook did not create" in refused(home)
    assert set(home.tables()) == {"marts.mine"}


def test_two_homes_do_not_publish_to_one_database_at_once(home: Home) -> None:
    home.build("r1")
    home.publish_file("r1")
    with home.database.connect(autocommit=True) as other:
        other.execute("select pg_advisory_lock(hashtext('Published by Duebook'))")
        assert "another refresh is publishing to" in refused(home)
    home.publish_to_postgres()
    assert home.in_postgres() == {"r1"}


@pytest.mark.long
def test_a_lost_connection_while_loading_leaves_the_publication_untouched(home: Home) -> None:
    home.publish("r1")
    home.build("r2", rows=300_000)
    home.publish_file("r2")
    ended = threading.Event()

    def end_the_load() -> None:
        with home.database.connect("admin", autocommit=True) as admin:
            while not ended.is_set():
                admin.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where starts_with(query, 'copy') and usename = %s",
                    [PUBLISHER],
                )

    killer = threading.Thread(target=end_the_load)
    killer.start()
    try:
        assert "connection" in refused(home)
    finally:
        ended.set()
        killer.join()
    assert home.in_postgres() == {"r1"}
    home.publish_to_postgres()
    assert home.in_postgres() == {"r2"}


def test_personal_data_are_those_of_the_published_file_for_them_and_in_no_other(home: Home) -> None:
    home.publish("r1")
    with duckdb.connect(home.settings.published_dir / PERSONAL_FILE, read_only=True) as personal:
        every = "select * from personal.customer_contacts"
        assert sorted(personal.execute(every).fetchall()) == sorted(home.database.read(every))
    with duckdb.connect(home.settings.published_file, read_only=True) as published:
        assert published.execute("select distinct schema_name from duckdb_tables()").fetchall() == [("marts",)]


def test_the_password_is_in_no_message_of_the_settings(home: Home) -> None:
    assert PASSWORD not in repr(home.settings)
    assert PASSWORD not in home.settings.model_dump_json()
