"""Readers of the publication in Postgres while it is replaced: who is waited for, what they see, that nothing mixes."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from duebook.publication.postgres.publish import PostgresError
from duebook.publication.postgres.swap import Patience
from tests.support.publications.postgres_server import MAY_READ, PUBLISHER, Database
from tests.support.publications.to_postgres import ALL_REFRESHES, MARTS, Home

pytestmark = pytest.mark.long

COUNT = "select refresh_id, count(*) from marts.fct_parcels group by 1"


@pytest.fixture
def home(tmp_path: Path, database: Database) -> Home:
    return Home(tmp_path, database)


@contextmanager
def holding(home: Home, isolation: str = "repeatable read") -> Iterator[psycopg.Connection]:
    """A reader in the middle of a transaction: it has read one mart and may read more."""
    with home.database.connect(MAY_READ, autocommit=True) as reader:
        reader.execute(f"begin isolation level {isolation}")
        assert reader.execute("select count(*) from marts.dim_parcels").fetchone() == (100,)
        yield reader


def test_tables_are_replaced_at_once_when_nobody_is_in_the_way(home: Home) -> None:
    home.publish("r1")
    before = home.tables()
    home.publish("r2")
    assert not set(before.values()) & set(home.tables().values())
    assert not any("Readers" in message for message in home.told)


def test_a_reader_is_waited_for_and_named(home: Home) -> None:
    home.publish("r1")
    before = home.tables()
    with holding(home) as reader:

        def told(message: str) -> None:
            if message.startswith("Readers have locked"):
                waited.append(message)
                reader.execute("commit")

        waited: list[str] = []
        home.tell = told
        home.publish("r2", patience=Patience(attempts=3, lock_timeout=50, pause=0))
    [message] = waited
    assert message.startswith("Readers have locked the tables (process ")
    assert message.endswith(f", {MAY_READ}, unnamed); attempt 1 of 3.")
    assert not set(before.values()) & set(home.tables().values())


def test_a_transaction_that_stays_open_stops_nothing_and_keeps_seeing_what_it_saw(home: Home) -> None:
    home.publish("r1")
    with holding(home) as reader:
        home.publish("r2", rows=90)
        assert home.in_postgres() == {"r2"}
        assert home.database.read(COUNT, MAY_READ) == [("r2", 90)]
        seen = reader.execute(ALL_REFRESHES).fetchall()
        assert {name for _, name in seen} == {"r1"}
        assert len(seen) == 100 * len(MARTS)
    before = home.tables()
    home.publish("r3")
    assert home.in_postgres() == {"r3"}
    assert not set(before.values()) & set(home.tables().values()), "the space of the old rows is free again"


def test_a_transaction_that_began_before_and_reads_after_sees_one_publication(home: Home) -> None:
    home.publish("r1")
    with home.database.connect(MAY_READ, autocommit=True) as reader:
        reader.execute("begin isolation level repeatable read")
        reader.execute("select 1")
        home.publish("r2")
        assert {name for _, name in reader.execute(ALL_REFRESHES).fetchall()} == {"r2"}


def test_a_readers_own_view_stays_and_shows_the_new_rows(home: Home) -> None:
    home.publish("r1")
    home.database.run("create schema reports", f"create view reports.mine as {COUNT}")
    home.publish("r2", rows=7)
    assert home.database.read("table reports.mine") == [("r2", 7)]


@pytest.mark.parametrize(
    "change",
    ["alter table marts.fct_parcels add column more integer", "drop table marts.fct_parcels"],
    ids=["a new column", "a mart that is gone"],
)
def test_tables_that_change_under_a_reader_wait_for_another_time(home: Home, change: str) -> None:
    home.publish("r1")
    before = home.tables()
    with home.database.connect(MAY_READ, autocommit=True) as reader:
        reader.execute("begin")
        reader.execute(COUNT)
        home.build("r2")
        home.run(change)
        home.publish_file("r2")
        with pytest.raises(PostgresError, match=rf"marts.fct_parcels changed .* \(process \d+, {MAY_READ}, unnamed\)"):
            home.publish_to_postgres()
        assert home.tables() == before
        assert home.in_postgres() == {"r1"}
    home.publish_to_postgres()
    assert home.tables() != before


LOOPING = """
    import json, select, sys
    import psycopg

    url, query = sys.argv[1:]
    seen, reads = {}, 0
    with psycopg.connect(url, autocommit=True) as reader:
        print("reading", flush=True)
        while not select.select([sys.stdin], [], [], 0)[0]:
            # One statement over all marts, then one mart after the other in one repeatable-read transaction.
            together = {name for _, name in reader.execute(query).fetchall()}
            assert len(together) == 1, together
            with reader.transaction():
                reader.execute("set transaction isolation level repeatable read")
                one_by_one = {
                    name
                    for mart in ("dim_parcels", "parcels_monthly", "fct_parcels")
                    for (name,) in reader.execute(f"select distinct refresh_id from marts.{mart}").fetchall()
                }
            assert len(one_by_one) == 1, one_by_one
            reads += 1
            for name in together | one_by_one:
                seen[name] = seen.get(name, 0) + 1
    print(json.dumps({"seen": seen, "reads": reads}))
"""


@pytest.mark.parametrize("isolation", ["read committed", pytest.param("repeatable read", marks=pytest.mark.slow)])
def test_ten_publications_under_readers_mix_nothing_and_stop_for_nobody(home: Home, isolation: str) -> None:
    home.publish("r0")
    looping = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(LOOPING), home.database.url(MAY_READ), ALL_REFRESHES],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert looping.stdout.readline() == "reading\n"
    with holding(home, isolation) as reader:
        for number in range(1, 11):
            home.publish(f"r{number}")
        held = {name for _, name in reader.execute(ALL_REFRESHES).fetchall()}
        assert held == {"r0" if isolation == "repeatable read" else "r10"}
    output, errors = looping.communicate("stop\n", timeout=60)
    assert (looping.returncode, errors) == (0, "")
    saw = json.loads(output)
    assert saw["reads"] > 10
    assert set(saw["seen"]) <= {f"r{number}" for number in range(11)}
    assert len(saw["seen"]) > 1
    assert home.in_postgres() == {"r10"}


def test_the_publisher_itself_leaves_no_session_behind(home: Home) -> None:
    home.publish("r1")
    with home.database.connect("admin") as admin:
        sessions = admin.execute(
            "select count(*) from pg_stat_activity where usename = %s and datname = %s", [PUBLISHER, home.database.name]
        ).fetchone()
    assert sessions == (0,)
