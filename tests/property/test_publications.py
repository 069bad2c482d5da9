"""Whatever becomes of marts between two publications, each publication holds them.

Marts of no meaning, and the publisher alone. Not here: one situation at a time (test_publication_parquet.py).
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.publication.publish import publish
from duebook.publication.targets import targets_of
from duebook.settings import Settings, marts_file_of
from duebook.sql_text import attach, literal
from tests.support.publications.to_files import DAY, new_home, refresh_of

pytestmark = pytest.mark.long

ROWS = 150
MONTHS = {"keyed": "day"}
VALUES = {
    "text": ["null", "''", "'x'", "'null'", "'it''s'"],
    "number": ["null", "0", "'nan'", "'-inf'", "0.1"],
    "money": ["null", "0", "1", "-1", "0.0001"],
    "day": ["null", "date '2024-02-29'", "date '2024-03-01'"],
}
FIRST = [
    "create schema marts",
    "create table marts.keyed (a integer, b varchar, text varchar, number double, money decimal(18, 4), day date)",
    f"insert into marts.keyed (a, b) select n // 2, if(n % 2 = 0, 'even', 'odd') from range({ROWS}) t(n)",
    "create table marts.bag as select a % 3 as a from marts.keyed",
    "create table marts.shown as select a, b, text, day from marts.keyed where number is not null or a < 60",
]


@dataclass(frozen=True)
class Row:
    """A row that is there afterwards with these values, or isn't."""

    place: int
    values: tuple[str, ...]
    is_gone: bool

    def statements(self) -> list[str]:
        key = f"{self.place // 2}, '{'odd' if self.place % 2 else 'even'}'"
        delete = f"delete from marts.keyed where (a, b) = ({key})"
        return (
            [delete] if self.is_gone else [delete, f"insert into marts.keyed values ({key}, {', '.join(self.values)})"]
        )


rows = st.builds(Row, st.integers(-9, ROWS + 9), st.tuples(*map(st.sampled_from, VALUES.values())), st.booleans())
sweeps = st.sampled_from(
    [
        "update marts.keyed set text = 'swept' where a > 40",
        "delete from marts.keyed",
        "alter table marts.keyed alter money type decimal(24, 6)",
        "alter table marts.keyed alter money type decimal(18, 4)",
        "insert into marts.bag values (1), (1)",
        "delete from marts.bag where a = 2",
        "create or replace table marts.now_and_then as select 1 as n",
        "drop table if exists marts.now_and_then",
    ]
)
nights = st.lists(st.one_of(rows.map(Row.statements), sweeps.map(lambda sweep: [sweep])), max_size=12).map(
    lambda changes: [statement for statements in changes for statement in statements]
)


def check_nights(changes: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        home = new_home(Path(folder))
        for night in [FIRST, *changes]:
            publish_after(home, night)
            agree(home)


@settings(max_examples=5, derandomize=True)
@given(st.lists(nights, min_size=1, max_size=5))
def test_a_publication_over_others_has_the_marts_row_for_row(changes: list[list[str]]) -> None:
    check_nights(changes)


@pytest.mark.slow
@settings(max_examples=100)
@given(st.lists(nights, min_size=1, max_size=5))
def test_publications_over_others_have_the_marts_row_for_row_whatever_the_nights_bring(
    changes: list[list[str]],
) -> None:
    check_nights(changes)


def publish_after(home: Settings, statements: list[str]) -> None:
    [target] = targets_of(home, [DAY])
    target.marts_file.parent.mkdir(exist_ok=True)
    with duckdb.connect(target.marts_file) as marts:
        for statement in statements:
            marts.execute(statement)
    publish(home, target, refresh_of(DAY, "r1"), months=MONTHS)


def agree(home: Settings) -> None:
    """Hold columns and rows of every mart in both published forms against what dbt would have written."""
    with duckdb.connect() as connection:
        connection.execute(attach(marts_file_of(home.warehouse_file), "to_publish"))
        connection.execute(attach(home.published_file, "published"))
        marts = tables(connection, "to_publish")
        assert tables(connection, "published") == marts
        assert {file.stem for file in (home.published_dir / "parquet").iterdir()} == set(marts)
        for mart in marts:
            files = f"{mart}/*.parquet" if mart in MONTHS else f"{mart}.parquet"
            parquet = f"read_parquet({literal(home.published_dir / 'parquet' / files)})"
            for copy in (f"published.marts.{mart}", parquet):
                assert differences(connection, f"to_publish.marts.{mart}", copy) == []


def tables(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    query = (
        "select table_name, list(column_name || ' ' || data_type order by column_index) from duckdb_columns()"
        " where database_name = ? and schema_name = 'marts' group by all order by all"
    )
    return dict(connection.execute(query, [database]).fetchall())


def differences(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> list[tuple]:
    """Rows that one has more often than the other."""
    return connection.execute(
        f"(from {one} except all from {other}) union all (from {other} except all from {one})"
    ).fetchall()
