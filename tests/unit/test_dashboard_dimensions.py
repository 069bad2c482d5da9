"""What the dashboard shows by declared dimension: open invoices of the day, along companies and segments."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from dashboard.axes import Axes
from dashboard.dimensions import read_dimensions
from duebook.publication.reader import Published

AXES = Axes([date(2026, 6, 30)], [False], [{"id": "A", "name": "A"}, {"id": "B", "name": "B"}], ["trade"], [], [])
PORTFOLIO, A, B = (AXES.group_of(company, None) for company in (None, "A", "B"))


@pytest.fixture
def published() -> Iterator[Published]:
    with duckdb.connect() as con:
        con.execute("create schema marts")
        con.execute("create table marts.dim_declared_dimensions (dimension varchar, label varchar, is_masked boolean)")
        con.execute(
            "create table marts.document_dimensions"
            " (item_type varchar, item_id varchar, dimension varchar, value varchar)"
        )
        con.execute("""create table marts.open_items (item_type varchar, item_id varchar, company_id varchar,
            segment varchar, balance_reporting decimal(18, 4), past_due_balance_reporting decimal(18, 4))""")
        con.execute("""insert into marts.open_items values ('invoice', 'I1', 'A', 'trade', 100, 40),
            ('invoice', 'I2', 'B', 'trade', 300, 0), ('invoice', 'I3', 'B', 'trade', 10, 10),
            ('receipt', 'I1', 'A', 'trade', -50, 0)""")
        con.execute("""insert into marts.document_dimensions values ('invoice', 'I1', 'rep', 'Anna'),
            ('invoice', 'I2', 'rep', 'Ben'), ('receipt', 'I1', 'rep', 'Anna'), ('invoice', 'I1', 'area', 'north')""")
        yield Published(con)


def declare(published: Published, *declared: tuple[str, str]) -> None:
    for dimension, label in declared:
        published.connection.execute(
            "insert into marts.dim_declared_dimensions values (?, ?, false)", [dimension, label]
        )


def test_open_invoices_stand_by_value_and_group_those_with_most_first(published: Published) -> None:
    declare(published, ("rep", "Salesperson"), ("area", "Area"))
    area, rep = read_dimensions(published, AXES)
    assert (rep["id"], rep["label"], [value["name"] for value in rep["values"]]) == (
        "rep",
        "Salesperson",
        ["Ben", "Anna", "(none)"],
    )
    ben, anna, nobody = rep["values"]
    assert {group: anna["open"].get(group) for group in (PORTFOLIO, A, B)} == {PORTFOLIO: 100, A: 100, B: None}
    assert (anna["past_due"][PORTFOLIO], ben["open"][B], ben["past_due"][PORTFOLIO]) == (40, 300, 0)
    assert (nobody["open"][PORTFOLIO], nobody["past_due"][B]) == (10, 10)
    assert [(value["name"], value["open"][PORTFOLIO]) for value in area["values"]] == [("(none)", 310), ("north", 100)]


def test_nothing_stands_where_nothing_is_declared_or_an_older_duebook_published(published: Published) -> None:
    assert read_dimensions(published, AXES) == []
    published.connection.execute("drop table marts.dim_declared_dimensions")
    assert read_dimensions(published, AXES) == []


def test_a_group_that_is_on_no_axis_is_left_out(published: Published) -> None:
    declare(published, ("rep", "Salesperson"))
    published.connection.execute("insert into marts.open_items values ('invoice', 'I4', 'C', 'gone', 5, 5)")
    [rep] = read_dimensions(published, AXES)
    [nobody] = [value for value in rep["values"] if value["name"] == "(none)"]
    assert (nobody["open"][PORTFOLIO], len(nobody["open"])) == (15, 4)
