"""The benchmark's arithmetic: growth's exponents, and a refresh cut into stages."""

from pathlib import Path

import duckdb
import pytest

from benchmarks.agreement import connect, differing_marts, differing_rows
from benchmarks.growth import exponent, growth
from benchmarks.models import Model, inputs_of, leading_to
from benchmarks.stages import stages_of
from benchmarks.watched import Sample, Watched


@pytest.mark.parametrize(("power", "factor"), [(1.0, 3.0), (1.1, 0.5), (0.0, 7.0)])
def test_the_exponent_is_that_of_a_power_law_whatever_its_factor(power: float, factor: float) -> None:
    points = [(size, factor * size**power) for size in (1e5, 1e6, 1e7)]
    assert exponent(points) == pytest.approx(power)


def test_one_size_has_no_exponent() -> None:
    assert exponent([(1e5, 3.0), (1e5, 4.0)]) is None


def test_a_fixed_part_weighs_less_between_the_larger_sizes() -> None:
    results = [
        {"size": size, "invoices": size, "refresh": {"full": figures(60 + size / 1e5), "floor": figures(size / 1e6)}}
        for size in (100_000, 1_000_000, 10_000_000)
    ]
    grown = growth(results)["full refresh"]["seconds"]
    assert grown["exponent"] < grown["exponent_of_the_last_step"] < 1
    assert growth(results)["floor"]["seconds"]["exponent"] == 1


def figures(seconds: float) -> dict:
    return {"seconds": seconds, "stages": []}


def test_the_stages_of_a_refresh_add_up_to_all_of_it() -> None:
    watched = Watched(
        seconds=12.0,
        samples=[Sample(0.5, 100, 0.2), Sample(4.0, 900, 3.0), Sample(9.0, 500, 6.0), Sample(11.5, 200, 7.0)],
        lines=[
            (0.9, "Refreshing for 2026-06-30 from somewhere"),
            (3.0, "  Prepare                    2.0 s"),
            (4.5, "    75 models and tests done."),
            (8.0, "  Transform                  5.0 s"),
            (11.0, "  Publish                    2.9 s"),
            (11.9, "Took:      11.0 s; Transform 5.0 s"),
        ],
    )
    stages = stages_of(watched)
    assert [stage["stage"] for stage in stages] == ["Start", "Prepare", "Transform", "Publish", "End"]
    assert [stage["seconds"] for stage in stages] == [1.0, 2.0, 5.0, 3.0, 1.0]
    assert [stage["peak_memory"] for stage in stages] == [100, 0, 900, 500, 200]
    assert sum(stage["seconds"] for stage in stages) == watched.seconds


def model(name: str, *reads: str) -> tuple[str, Model]:
    return name, Model(name, name, "schema", False, "select 1", reads)


def test_models_are_chosen_by_their_place_in_the_graph() -> None:
    models = dict(
        [
            model("staged", "landed"),
            model("ledger", "staged"),
            model("crossings", "ledger", "buckets"),
            model("customers", "staged"),
            model("changes", "ledger", "customers", "crossings"),
            model("elsewhere", "ledger"),
        ]
    )
    after_the_ledger = leading_to(models, "changes", after="ledger")
    assert [chosen.name for chosen in after_the_ledger] == ["crossings", "changes"]
    assert inputs_of(after_the_ledger) == {"ledger", "buckets", "customers"}
    all_of_it = ["staged", "ledger", "crossings", "customers", "changes"]
    assert [chosen.name for chosen in leading_to(models, "changes")] == all_of_it


def publication(file: Path, amount: str, ratio: float = 0.5) -> Path:
    with duckdb.connect(file) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.figures as"
            f" select 1 as id, {amount}::decimal(18, 4) as amount, {ratio}::double as ratio"
        )
        connection.execute(f"create table marts.refresh_log as select '{file}' as refresh_id")
    return file


def test_publications_agree_whatever_they_tell_of_their_home(tmp_path: Path) -> None:
    one = publication(tmp_path / "one.duckdb", "10.00")
    other = publication(tmp_path / "other.duckdb", "10.00", ratio=0.5 + 1e-12)
    assert differing_marts(one, other) == {"figures": 0}


def test_a_cent_is_a_difference(tmp_path: Path) -> None:
    one, other = publication(tmp_path / "one.duckdb", "10.00"), publication(tmp_path / "other.duckdb", "10.01")
    assert differing_marts(one, other) == {"figures": 2}


def test_a_repeated_row_is_a_difference() -> None:
    with connect() as connection:
        assert differing_rows(connection, "select 1", "select 1 union all select 1") == 1
        assert differing_rows(connection, "select 1 union all select 1", "select 1 union all select 1") == 0
