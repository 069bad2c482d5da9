"""What dbt says as it goes, told to Dagster: assets made, checks evaluated.

dbt's own structured log is read (https://docs.getdbt.com/reference/events-logging). Not here: which models are one
asset (graph.py), how a failed build reads (duebook/warehouse/dbt_failures.py).
"""

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation

from orchestration.dbt.graph import Graph

EVENTS_BETWEEN_WORDS = 25
Event = dg.MaterializeResult | dg.AssetCheckResult
RESULTS = {"LogModelResult", "LogSeedResult", "LogTestResult"}
MADE, PASSED, WARNED = "success", "pass", "warn"
# What macros/tell_rows.sql has dbt log of a mart.
ROWS_TOLD = re.compile(r"\w+ rows: (?P<rows>\d+)")


def in_order(
    events: Iterable[Event], graph: Graph, selected: set[dg.AssetKey]
) -> Generator[Event, None, set[dg.AssetKey]]:
    """Hold each event back until what it is about has been told: what an asset is made of, the asset of a check.

    dbt makes a table when those it reads are there; an asset of many is finished later than what reads some of them.

    Returns:
        The assets that were told of.
    """
    reads = {spec.key: {dep.asset_key for dep in spec.deps} & selected for spec in graph.specs}
    told: set[dg.AssetKey] = set()
    waiting: list[Event] = []
    for event in events:
        waiting.append(event)
        while ready := [one for one in waiting if _needs(one, reads) <= told]:
            waiting = [one for one in waiting if one not in ready]
            told |= {one.asset_key for one in ready if isinstance(one, dg.MaterializeResult)}
            yield from ready
    # What a build that failed has made of an asset is not the asset, but tests have said what they found.
    yield from (one for one in waiting if isinstance(one, dg.AssetCheckResult))
    return told


def _needs(event: Event, reads: Mapping[dg.AssetKey, set[dg.AssetKey]]) -> set[dg.AssetKey]:
    return reads[event.asset_key] if isinstance(event, dg.MaterializeResult) else {event.asset_key}


def asset_events(context: dg.AssetExecutionContext, invocation: DbtCliInvocation, graph: Graph) -> Iterator[Event]:
    """Tell what dbt does, as it does it: an asset when the last of its tables is there, a check at once.

    dbt itself says how many rows a mart has (macros/tell_rows.sql): while it runs, nobody else may open the warehouse.
    Events don't wait for its end, because Dagster takes its time to write one down, and does so on another core.
    """
    names, rows, seconds = {}, {}, {}
    asset_of = {unique_id: asset for asset in context.selected_asset_keys for unique_id in graph.members[asset]}
    missing = {asset: set(graph.members[asset]) for asset in context.selected_asset_keys}
    done = 0
    for told in invocation.stream_raw_events():
        data = told.raw_event["data"]
        node = data.get("node_info", {})
        about = node.get("unique_id")
        if counted := ROWS_TOLD.fullmatch(str(told)):
            rows[about] = int(counted["rows"])
        if told.raw_event["info"]["name"] not in RESULTS:
            continue
        done += 1
        if done % EVENTS_BETWEEN_WORDS == 0:
            context.log.info(f"{done} models and tests done.")
        if about in asset_of and node["node_status"] == MADE:
            names[about], seconds[about] = node["node_name"], data["execution_time"]
            asset = asset_of[about]
            missing[asset].discard(about)
            if not missing[asset]:
                made = [(names[one], rows.get(one), seconds[one]) for one in graph.members[asset]]
                yield dg.MaterializeResult(asset_key=asset, metadata=_of_asset(asset, made))
        # A test that is no check of the graph, and failed, fails the run, which says so.
        elif (check := graph.check_of.get(about)) and check.key in context.selected_asset_check_keys:
            yield _of_check(check, about, node["node_status"], data)


def kept(context: dg.AssetExecutionContext, graph: Graph) -> Iterator[dg.MaterializeResult]:
    """Tell of what is not made again, because it stands in the warehouse as it would be: the reference data."""
    for asset in context.selected_asset_keys:
        if all(unique_id.startswith("seed.") for unique_id in graph.members[asset]):
            yield dg.MaterializeResult(asset_key=asset, metadata={"status": "as it was loaded before"})


def _of_asset(asset: dg.AssetKey, made: list[tuple[str, int | None, float]]) -> Mapping[str, Any]:
    metadata: dict[str, Any] = {"Execution Duration": sum(seconds for _, _, seconds in made)}
    if [name for name, _, _ in made] != [asset.path[-1]]:
        slowest_first = sorted(made, key=lambda one: -one[2])
        records = [dg.TableRecord({"table": name, "seconds": round(seconds, 2)}) for name, _, seconds in slowest_first]
        metadata["tables"] = dg.MetadataValue.table(records)
    if counted := [rows for _, rows, _ in made if rows is not None]:
        metadata["dagster/row_count"] = sum(counted)
    return metadata


def _of_check(check: dg.AssetCheckSpec, unique_id: str, status: str, data: Mapping[str, Any]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=status == PASSED,
        severity=dg.AssetCheckSeverity.WARN if status == WARNED else dg.AssetCheckSeverity.ERROR,
        metadata={
            "unique_id": unique_id,
            "status": status,
            "failed_rows": data.get("num_failures") or 0,
            "Execution Duration": data["execution_time"],
        },
    )
