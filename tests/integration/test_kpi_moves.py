"""How KPIs moved since the publication before: what each cause did adds up to the move, and nothing is made up."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dashboard.kpi_moves import RESTATED, Figure, Move, read_moves
from duebook.publication.causes import CAUSES
from duebook.publication.reader import Published

APRIL, MAY, JUNE, JULY = date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)
# By month: the KPI, and what causes did since the month before.
Months = dict[date, tuple[float | None, dict[str, float] | None]]
Publish = Callable[..., Published]


@pytest.fixture
def publish(tmp_path: Path):
    """Makes publications of one KPI, open."""
    opened = []

    def publication(months: Months, *, running: date | None = None, has_causes: bool = True) -> Published:
        connection = duckdb.connect(tmp_path / f"{len(opened)}.duckdb")
        opened.append(connection)
        connection.execute(
            "create schema marts; create table marts.dim_kpis as select 'dso' as kpi_id, 'DSO' as kpi_name,"
            " 'days' as unit; create table marts.scorecard_monthly (month_end date, scope varchar, kpi_id varchar,"
            " value double, reason varchar, is_complete boolean)"
        )
        effects = ", ".join(f"{cause} double" for cause in CAUSES)
        if has_causes:
            connection.execute(
                "create table marts.kpi_changes_monthly (month_end date, scope varchar, kpi_id varchar,"
                f" reason varchar, {effects})"
            )
        for month, (value, causes) in months.items():
            reason = "no_sales" if value is None else None
            connection.execute(
                "insert into marts.scorecard_monthly values (?, 'portfolio', 'dso', ?, ?, ?),"
                " (?, 'segment:retail', 'dso', 99, null, ?)",
                [month, value, reason, month != running, month, month != running],
            )
            if has_causes:
                given = [None if causes is None else causes.get(cause, 0.0) for cause in CAUSES]
                connection.execute(
                    f"insert into marts.kpi_changes_monthly values (?, 'portfolio', 'dso', ?{', ?' * len(CAUSES)})",
                    [month, "no_previous_value" if causes is None else None, *given],
                )
        return Published(connection)

    yield publication
    for connection in opened:
        connection.close()


def only(published: Published, before: Published | None) -> Move:
    [moves] = read_moves(published, before)
    [move] = moves.kpis
    return move


def test_within_a_month_each_cause_did_what_it_did_since(publish: Publish) -> None:
    before = publish({MAY: (40, None), JUNE: (44, {"new_sales": 6, "collections": -2})})
    now = publish({MAY: (40, None), JUNE: (41, {"new_sales": 7, "collections": -6})})
    move = only(now, before)
    assert (move.before, move.now, move.change) == (Figure(44, None), Figure(41, None), -3)
    assert move.causes == {"collections": -4, "new sales": 1}


def test_a_whole_month_that_was_running_before_is_compared_with_itself_and_one_that_began_with_nothing(
    publish: Publish,
) -> None:
    before = publish({MAY: (40, None), JUNE: (44, {"new_sales": 6, "collections": -2})}, running=JUNE)
    now = publish(
        {MAY: (40, None), JUNE: (43, {"new_sales": 6, "collections": -3}), JULY: (600, {"new_sales": 557})},
        running=JULY,
    )
    whole, running = read_moves(now, before)
    assert (whole.month, whole.is_complete, whole.before_month) == (JUNE, True, JUNE)
    assert whole.kpis[0].causes == {"collections": -1}
    assert (running.month, running.is_complete, running.before_month) == (JULY, False, None)
    assert (running.kpis[0].before, running.kpis[0].now) == (None, Figure(600, None))


def test_a_running_month_is_compared_with_itself_a_day_before(publish: Publish) -> None:
    before = publish({JUNE: (40, None), JULY: (50, {"new_sales": 10})}, running=JULY)
    now = publish({JUNE: (40, None), JULY: (48, {"new_sales": 11, "collections": -3})}, running=JULY)
    whole, running = read_moves(now, before)
    assert (whole.before_month, whole.kpis[0].is_other) == (JUNE, False)
    assert running.kpis[0].causes == {"collections": -3, "new sales": 1}


def test_months_between_two_publications_all_add_theirs(publish: Publish) -> None:
    before = publish({APRIL: (30, None)})
    now = publish({APRIL: (30, None), MAY: (33, {"new_sales": 3}), JUNE: (31, {"collections": -2})})
    assert only(now, before).causes == {"new sales": 3, "collections": -2}


def test_what_the_causes_leave_is_a_restatement_of_months_before(publish: Publish) -> None:
    before = publish({MAY: (40, None), JUNE: (44, {"new_sales": 4})})
    now = publish({MAY: (42, None), JUNE: (47, {"new_sales": 5})})
    assert only(now, before).causes == {RESTATED: 2, "new sales": 1}
    later = publish({MAY: (42, None), JUNE: (47, {"new_sales": 5}), JULY: (46, {"collections": -1})})
    assert only(later, before).causes == {RESTATED: 2, "new sales": 1, "collections": -1}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({MAY: (40, None)}, {MAY: (41, None)}),
        ({APRIL: (40, None)}, {APRIL: (40, None), MAY: (None, None), JUNE: (41, None)}),
    ],
    ids=["the first month has no causes", "a month between has none"],
)
def test_without_causes_of_a_month_none_are_named(publish: Publish, before: Months, now: Months) -> None:
    move = only(publish(now), publish(before))
    assert (move.change, move.causes) == (1, None)


def test_a_publication_that_keeps_no_causes_has_moves_all_the_same(publish: Publish) -> None:
    move = only(publish({JUNE: (41, None)}, has_causes=False), publish({JUNE: (40, None)}, has_causes=False))
    assert (move.change, move.causes, move.is_other) == (1, None, True)


def test_the_same_figure_did_not_move(publish: Publish) -> None:
    months = {MAY: (40, None), JUNE: (44, {"new_sales": 4})}
    move = only(publish(months), publish(months))
    assert (move.change, move.causes, move.is_other) == (0, None, False)


@pytest.mark.parametrize(("before", "now", "is_other"), [(None, 40, True), (40, None, True), (None, None, False)])
def test_a_value_that_came_or_went_is_no_difference(
    publish: Publish, before: float | None, now: float | None, is_other: bool
) -> None:
    move = only(publish({JUNE: (now, None)}), publish({JUNE: (before, None)}))
    assert (move.change, move.is_other) == (None, is_other)


def test_a_first_publication_is_compared_with_nothing(publish: Publish) -> None:
    [moves] = read_moves(publish({JUNE: (40, None)}), None)
    assert (moves.month, moves.before_month) == (JUNE, None)
    assert moves.kpis == [Move("dso", "DSO", "days", Figure(40, None))]


def test_a_day_before_all_of_the_publication_there_is_compared_with_nothing(publish: Publish) -> None:
    [moves] = read_moves(publish({MAY: (40, None)}), publish({JUNE: (44, None)}))
    assert moves.before_month is None


def test_without_a_month_there_are_no_kpis(publish: Publish) -> None:
    assert read_moves(publish({}), None) == []
