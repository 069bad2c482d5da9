"""The dialect under Great Expectations: what it must give that a stock one does not."""

from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

import expectations.gx_dialect  # noqa: F401  registers duckdb+gx://


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "it's 50% of #1? {yes}.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.numbers as select n, cast(n as decimal(18, 4)) as amount from range(5) t(n)"
        )
        connection.execute("create table main.numbers as select 'not this one' as n")
    return file


@pytest.fixture
def engine(database: Path) -> sa.Engine:
    arguments = {"database": str(database), "schema": "raw"}
    return sa.create_engine("duckdb+gx://", poolclass=NullPool, connect_args=arguments)


def test_rows_are_still_there_after_the_connection_was_closed(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        result = connection.execute(sa.text("select n from numbers order by n"))
    assert [n for (n,) in result.fetchall()] == [0, 1, 2, 3, 4]


def test_two_results_of_one_connection_do_not_disturb_each_other(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        first = connection.execute(sa.text("select n from numbers order by n"))
        second = connection.execute(sa.text("select n from numbers order by n desc"))
        assert (first.fetchone(), second.fetchone(), first.fetchone()) == ((0,), (4,), (1,))


def test_rows_are_given_in_the_portions_asked_for(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        result = connection.execute(sa.text("select n from numbers order by n"))
        assert [len(result.fetchmany(2)) for _ in range(4)] == [2, 2, 1, 0]
        assert result.fetchone() is None


def test_names_without_a_schema_are_those_of_the_schema_given(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from numbers")).scalar_one() == 5


def test_money_stays_exact(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert str(connection.execute(sa.text("select max(amount) from numbers")).scalar_one()) == "4.0000"


def test_the_file_can_not_be_written(engine: sa.Engine) -> None:
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="read-only"):
        connection.execute(sa.text("delete from numbers"))


def test_the_file_is_free_again_after_the_last_connection(engine: sa.Engine, database: Path) -> None:
    with engine.connect() as connection:
        connection.execute(sa.text("select 1 from numbers"))
    with duckdb.connect(database) as writer:
        writer.execute("insert into raw.numbers values (5, 5)")
    with engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from numbers")).scalar_one() == 6
