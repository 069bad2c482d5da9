"""Which models are one asset, and in which order Dagster is told of them."""

from collections.abc import Iterable
from types import SimpleNamespace

import dagster as dg
import pytest

from orchestration.dbt.events import asset_events, in_dependency_order, unchanged_seeds
from orchestration.dbt.graph import intermediate_assets

RAW, BALANCES, MART = (
    dg.AssetKey(path) for path in (["raw", "invoices"], ["intermediate", "balances"], ["marts", "dso"])
)
SEEDS = dg.AssetKey(["reference", "seeds"])
CHECK = dg.AssetCheckSpec("dso_is_positive", asset=MART)
GRAPH = SimpleNamespace(
    members={BALANCES: ["model.a", "model.b"], MART: ["model.dso"], SEEDS: ["seed.x", "seed.y"]},
    specs=[dg.AssetSpec(BALANCES, deps=[RAW]), dg.AssetSpec(MART, deps=[BALANCES]), dg.AssetSpec(SEEDS)],
    check_of={"test.positive": CHECK},
)


def model(folder: str, name: str, *reads: str) -> tuple[str, dict]:
    """A model as dbt's manifest has it."""
    room = "marts" if folder == "core" else "intermediate"
    node = {
        "resource_type": "model",
        "schema": room,
        "fqn": ["duebook", room, folder, name],
        "depends_on": {"nodes": list(reads)},
    }
    return name, node


@pytest.mark.parametrize(
    ("models", "one"),
    [
        ([model("a", "a1"), model("b", "b1", "a1")], {"a1": "a", "b1": "b"}),
        (
            [model("a", "a1"), model("b", "b1", "a1"), model("a", "a2", "b1")],
            {"a1": "a_b", "a2": "a_b", "b1": "a_b"},
        ),
        (
            [
                model("a", "a1"),
                model("b", "b1", "a1"),
                model("c", "c1", "b1"),
                model("a", "a2", "c1"),
                model("d", "d1", "a2"),
            ],
            {"a1": "a_b_c", "a2": "a_b_c", "b1": "a_b_c", "c1": "a_b_c", "d1": "d"},
        ),
        # By way of a mart, too.
        ([model("a", "a1"), model("core", "m", "a1"), model("b", "b1", "m")], {"a1": "a", "b1": "b"}),
        # A mart is an asset of its own: what it is made from is another than what is made from it.
        (
            [
                model("a", "a1"),
                model("a", "a2", "a1"),
                model("b", "b1", "a2"),
                model("core", "m", "b1"),
                model("a", "a3", "m"),
                model("a", "a4"),
                model("b", "b2", "a3", "a4"),
            ],
            {"a1": "before_m", "a2": "before_m", "b1": "before_m", "a3": "a", "a4": "a", "b2": "b"},
        ),
    ],
)
def test_folders_that_read_each_other_are_one_asset(models: list[tuple[str, dict]], one: dict[str, str]) -> None:
    assert intermediate_assets({"nodes": dict(models)}) == one


class Dbt:
    """A dbt that says some lines."""

    def __init__(self, lines: Iterable[dict]) -> None:
        self._lines = lines

    def stream_raw_events(self) -> Iterable[SimpleNamespace]:
        """Say them."""
        for line in self._lines:
            message = line["info"]["msg"]
            yield type("Told", (SimpleNamespace,), {"__str__": lambda _, said=message: said})(raw_event=line)


def result(unique_id: str, status: str, kind: str = "LogModelResult", **data: object) -> dict:
    """The line dbt logs when a node is done."""
    node = {"unique_id": unique_id, "node_status": status, "node_name": unique_id.split(".")[1]}
    return {"info": {"name": kind, "msg": "done"}, "data": {"node_info": node, "execution_time": 0.5, **data}}


def rows(unique_id: str, count: int) -> dict:
    """The line log_row_counts logs."""
    said = f"{unique_id.split('.')[1]} rows: {count}"
    return {"info": {"name": "JinjaLogInfo", "msg": said}, "data": {"node_info": {"unique_id": unique_id}}}


def events_of(*lines: dict) -> list:
    """What Dagster is told of these lines, of everything the graph has."""
    said = []
    context = SimpleNamespace(
        selected_asset_keys={BALANCES, MART},
        selected_asset_check_keys={CHECK.key},
        log=SimpleNamespace(info=said.append),
    )
    return list(in_dependency_order(asset_events(context, Dbt(lines), GRAPH), GRAPH, {BALANCES, MART}))


PASSED = result("test.positive", "pass", "LogTestResult")


def test_an_asset_of_many_tables_comes_when_the_last_is_there_and_before_what_reads_it() -> None:
    lines = [result("model.a", "success"), rows("model.dso", 7), result("model.dso", "success"), PASSED]
    balances, mart, check = events_of(*lines, result("model.b", "success"))
    assert (balances.asset_key, mart.asset_key, check.check_name) == (BALANCES, MART, "dso_is_positive")
    assert sorted(one.data["table"] for one in balances.metadata["tables"].records) == ["a", "b"]
    assert "dagster/row_count" not in balances.metadata
    assert mart.metadata["dagster/row_count"] == 7


def test_of_a_build_that_failed_only_what_is_whole_is_told_and_what_tests_found() -> None:
    failed = result("test.positive", "fail", "LogTestResult", num_failures=2)
    [check] = events_of(
        result("model.a", "success"), result("model.b", "error"), result("model.dso", "success"), failed
    )
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert check.metadata["failed_rows"].value == 2
    # What tells the refresh's own account of failures that dbt's has it already.
    assert check.metadata["unique_id"].value == "test.positive"


def test_reference_data_that_stands_is_told_of_without_dbt() -> None:
    context = SimpleNamespace(selected_asset_keys={BALANCES, MART, SEEDS})
    assert [one.asset_key for one in unchanged_seeds(context, GRAPH)] == [SEEDS]
