"""What the dashboard holds of the values of declared dimensions: which can be chosen, their KPIs, their aging."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest

from dashboard.axes import MANY_ROWS, MONTHS_OF_MANY_ROWS, MONTHS_OF_VALUES, VALUES, read_axes
from dashboard.dimensions import read_kpis_of_values
from dashboard.receivables import read_aging
from dashboard.scorecard import read_scorecard
from duebook.publication.reader import Published

# More months than have figures of values, by one.
MONTHS = [date(2025 + month // 12, month % 12 + 1, 1) - timedelta(1) for month in range(1, MONTHS_OF_VALUES + 2)]
FIRST, LAST = MONTHS[0], MONTHS[-1]
DSO, SHARE = "dso", "delinquency_rate_amount"
CURRENT = [{"id": "current", "label": "Current", "is_past_due": False}]
PORTFOLIO, COMPANY, SEGMENT, BOTH, FIRST_VALUE, SECOND_VALUE = range(6)


@pytest.fixture
def published() -> Iterator[Published]:
    """A company, a segment, nobody, and nothing declared; DSO, and a KPI that isn't made of documents."""
    with duckdb.connect() as con:
        con.execute("create schema marts; use marts")
        con.execute("create table dim_companies (company_id varchar, company_name varchar)")
        con.execute("create table dim_employees (employee_id varchar, employee_name_masked varchar, team varchar)")
        con.execute("create table document_dimensions (item_type varchar, dimension varchar)")
        con.execute("create table fct_receivables_ledger (amount integer)")
        con.execute("create table dim_declared_dimensions (dimension varchar, label varchar)")
        con.execute("""create table dim_kpis as select kpi_id, kpi_id as kpi_name, '' as formula, '' as numerator,
            '' as denominator, 1 as scale, 'days' as unit, 'lower' as better_direction, '' as source
            from (values ('dso'), ('bad_debt_to_sales')) as kpis (kpi_id)""")
        con.execute("""create table scorecard_monthly as select month_end, kpi_id, company_id, segment,
            cast(null as varchar) as team, cast(null as varchar) as employee_id, 40.0 as value, 4.0 as numerator,
            0.1 as denominator, cast(null as varchar) as reason, 'portfolio' as level, true as is_complete,
            cast(null as decimal(18, 4)) as target, '' as target_source, cast(null as date) as target_date,
            cast(null as decimal(18, 4)) as benchmark, '' as benchmark_source, cast(null as date) as benchmark_date
            from (select unnest($1) as month_end), (values ('dso'), ('bad_debt_to_sales')) as kpis (kpi_id),
            (values (null, null), ('A', null), (null, 'trade'), ('A', 'trade')) as levels (company_id, segment)""",
            [MONTHS],
        )  # fmt: skip
        con.execute("""create table delinquency_monthly as select month_end, company_id, segment, 7 as aging_current
            from scorecard_monthly where kpi_id = 'dso'""")
        con.execute("""create table kpis_by_dimension_monthly (month_end date, dimension varchar,
            dimension_value varchar, kpi_id varchar, value double, numerator double, denominator double,
            reason varchar)""")
        con.execute("""create table aging_by_dimension_monthly (month_end date, dimension varchar, value varchar,
            customer_id varchar, aging_current decimal(18, 4), aging_current_reporting decimal(38, 16))""")
        yield Published(con)


def declare(published: Published, dimension: str = "rep", label: str = "Salesperson") -> None:
    published.connection.execute("insert into dim_declared_dimensions values (?, ?)", [dimension, label])


def kpi(published: Published, month: date, name: str, kpi_id: str, *figures: object, dimension: str = "rep") -> None:
    """Add a row: value, numerator, denominator and reason."""
    row = [month, dimension, name, kpi_id, *figures, *[None] * (4 - len(figures))]
    published.connection.execute("insert into kpis_by_dimension_monthly values (?, ?, ?, ?, ?, ?, ?, ?)", row)


def is_open(published: Published, name: str, amount: float | None, dimension: str = "rep") -> None:
    kpi(published, LAST, name, SHARE, None, 0, amount, dimension=dimension)


@pytest.mark.parametrize(("there_are", "left_out"), [(VALUES, []), (VALUES + 1, ["v07"])])
def test_values_with_most_open_can_be_chosen_in_the_order_of_their_names(
    published: Published, there_are: int, left_out: list[str]
) -> None:
    declare(published)
    names = [f"v{number:02}" for number in range(there_are)]
    for name in reversed(names):
        is_open(published, name, 1 if name == "v07" else 100)
    [rep] = read_axes(published).dimensions
    assert rep == {
        "id": "rep",
        "label": "Salesperson",
        "values": [name for name in names if name not in left_out],
        "there_are": there_are,
    }


def test_a_value_of_nothing_open_comes_after_all_others(published: Published) -> None:
    declare(published)
    for number in range(VALUES):
        is_open(published, f"v{number:02}", 0.01)
    is_open(published, "unknown", None)
    [rep] = read_axes(published).dimensions
    assert "unknown" not in rep["values"] and len(rep["values"]) == VALUES


def test_values_follow_the_groups_dimension_by_dimension(published: Published) -> None:
    declare(published)
    declare(published, "area", "Area")
    is_open(published, "Anna", 100)
    is_open(published, "north", 60, dimension="area")
    is_open(published, "south", 40, dimension="area")
    axes = read_axes(published)
    assert [axes.place_of("area", "north"), axes.place_of("area", "south"), axes.place_of("rep", "Anna")] == [4, 5, 6]
    assert (axes.groups, axes.places) == (4, 7)
    assert (axes.has_value("rep", "Anna"), axes.has_value("area", "Anna")) == (True, False)
    assert [(one["id"], one["first_place"], one["first_month"]) for one in axes.as_json()["dimensions"]] == [
        ("area", 4, 1),
        ("rep", 6, 1),
    ]


def test_kpis_of_values_stand_beside_those_of_groups_in_the_newest_months(published: Published) -> None:
    declare(published)
    is_open(published, "Anna", 100)
    is_open(published, "Ben", 60)
    for month in (FIRST, MONTHS[1]):
        kpi(published, month, "Anna", DSO, 30.5, 61, 2)
    kpi(published, LAST, "Ben", DSO, None, 5, 0, "no_sales")
    kpis = read_scorecard(published, read_axes(published))
    dso = kpis[DSO]
    assert [values and values[:3] for values in dso["values"]] == [[40] * 3] * 4 + [[None, 30.5, None], [None] * 3]
    assert [dso[part][FIRST_VALUE][1] for part in ("numerators", "denominators")] == [61, 2]
    assert dso["reasons"] == {SECOND_VALUE: {len(MONTHS) - 1: "no_sales"}}
    assert kpis["bad_debt_to_sales"]["values"][BOTH + 1 :] == [None, None]


@pytest.mark.parametrize(("rows", "months"), [(MANY_ROWS, MONTHS_OF_VALUES), (MANY_ROWS + 1, MONTHS_OF_MANY_ROWS)])
def test_a_ledger_of_many_rows_has_figures_of_values_in_fewer_months(
    published: Published, rows: int, months: int
) -> None:
    declare(published)
    is_open(published, "Anna", 100)
    for month in MONTHS:
        kpi(published, month, "Anna", DSO, 30, 60, 2)
    published.connection.execute("insert into fct_receivables_ledger select 1 from range(?)", [rows])
    axes = read_axes(published)
    assert axes.months_of_values == MONTHS[-months:]
    dso = read_scorecard(published, axes)[DSO]
    assert dso["values"][FIRST_VALUE] == [None] * (len(MONTHS) - months) + [30] * months


@pytest.mark.parametrize(("item_type", "rate"), [("invoice", None), ("receipt", 0.5)])
def test_a_collection_rate_is_of_values_that_receipts_have(
    published: Published, item_type: str, rate: float | None
) -> None:
    declare(published)
    is_open(published, "Anna", 100)
    kpi(published, LAST, "Anna", DSO, 30, 60, 2)
    kpi(published, LAST, "Anna", "collection_rate", 0.5, 1, 2)
    published.connection.execute("insert into document_dimensions values (?, 'rep'), ('receipt', 'area')", [item_type])
    found = read_kpis_of_values(published, read_axes(published), [DSO, "collection_rate"])
    assert {kpi_id: row[2] for kpi_id, rows in found.items() for row in rows} == {
        DSO: 30,
        **({"collection_rate": rate} if rate else {}),
    }


def test_aging_of_a_value_is_the_sum_of_its_customers_in_the_reporting_currency(published: Published) -> None:
    declare(published)
    is_open(published, "Anna", 100)
    is_open(published, "Ben", 60)
    published.connection.executemany(
        "insert into aging_by_dimension_monthly values (?, ?, ?, ?, 1, ?)",
        [
            [LAST, "rep", "Anna", "C1", Decimal("10.25")],
            [LAST, "rep", "Anna", "C2", Decimal("0.5")],
            [LAST, "rep", "Ben", "C1", Decimal(3)],
            [LAST, "rep", "not to be chosen", "C1", Decimal(9)],
            [LAST, "area", "Anna", "C1", Decimal(9)],
            [FIRST, "rep", "Anna", "C1", Decimal(9)],
        ],
    )
    current = read_aging(published, read_axes(published), CURRENT)["current"]
    assert [current[place][-1] for place in (PORTFOLIO, COMPANY, SEGMENT, BOTH)] == [7] * 4
    assert current[FIRST_VALUE] == [None] * (len(MONTHS) - 1) + [10.75]
    assert current[SECOND_VALUE] == [None] * (len(MONTHS) - 1) + [3]


@pytest.mark.parametrize("older", [False, True], ids=["nothing declared", "of an older Duebook"])
def test_nothing_is_held_where_nothing_is_declared(published: Published, older: bool) -> None:
    """Not even asked for: views of all months are not for nothing."""
    if older:
        published.connection.execute("drop table dim_declared_dimensions; drop table kpis_by_dimension_monthly")
    published.connection.execute("drop table aging_by_dimension_monthly")
    axes = read_axes(published)
    assert (axes.as_json()["dimensions"], axes.months_of_values, axes.places) == ([], [], axes.groups)
    assert len(read_aging(published, axes, CURRENT)["current"]) == axes.groups
    assert len(read_scorecard(published, axes)[DSO]["values"]) == axes.groups
