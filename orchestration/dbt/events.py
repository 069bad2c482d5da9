"""Reports to Dagster, while dbt runs, which assets dbt has built and which tests have passed or failed.

Here: reading dbt's structured log (https://docs.getdbt.com/reference/events-logging). Not here: which models are one
asset (graph.py), the message of a failed build (duebook/warehouse/dbt_failures.py).
"""

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation

from orchestration.dbt.graph import Graph

EVENTS_BETWEEN_LOG_LINES = 25
Event = dg.MaterializeResult | dg.AssetCheckResult
RESULTS = {"LogModelResult", "LogSeedResult", "LogTestResult"}
MADE, PASSED, WARNED = "success", "pass", "warn"
# The line that macros/log_row_counts.sql logs for each mart.
LOGGED_ROWS = re.compile(r"\w+ rows: (?P<rows>\d+)")


def in_dependency_order(
    events: Iterable[Event], graph: Graph, selected: set[dg.AssetKey]
) -> Generator[Event, None, set[dg.AssetKey]]:
    """Hold each event back until the assets it depends on are reported: those an asset reads, the asset of a check.

    dbt builds a table as soon as the tables it reads are built. So an asset of many tables can be finished later than
    an asset that reads only some of them.

    Returns:
        The assets that were reported.
    """
    reads = {spec.key: {dep.asset_key for dep in spec.deps} & selected for spec in graph.specs}
    reported: set[dg.AssetKey] = set()
    waiting: list[Event] = []
    for event in events:
        waiting.append(event)
        while ready := [one for one in waiting if _needs(one, reads) <= reported]:
            waiting = [one for one in waiting if one not in ready]
            reported |= {one.asset_key for one in ready if isinstance(one, dg.MaterializeResult)}
            yield from ready
    # A failed build leaves some assets incomplete: they are not reported, but the results of finished tests are.
    yield from (one for one in waiting if isinstance(one, dg.AssetCheckResult))
    return reported


def _needs(event: Event, reads: Mapping[dg.AssetKey, set[dg.AssetKey]]) -> set[dg.AssetKey]:
    return reads[event.asset_key] if isinstance(event, dg.MaterializeResult) else {event.asset_key}


def asset_events(context: dg.AssetExecutionContext, invocation: DbtCliInvocation, graph: Graph) -> Iterator[Event]:
    """Yield events while dbt runs: an asset when the last of its tables is built, a check at once.

    dbt itself logs how many rows a mart has (macros/log_row_counts.sql): while it runs, nobody else may open the
    warehouse. Events don't wait for the end of dbt, because Dagster needs some time to store each of them, and can do
    so on another core meanwhile.
    """
    names, rows, seconds = {}, {}, {}
    asset_of = {unique_id: asset for asset in context.selected_asset_keys for unique_id in graph.members[asset]}
    missing = {asset: set(graph.members[asset]) for asset in context.selected_asset_keys}
    done = 0
    for event in invocation.stream_raw_events():
        data = event.raw_event["data"]
        node = data.get("node_info", {})
        node_id = node.get("unique_id")
        if counted := LOGGED_ROWS.fullmatch(str(event)):
            rows[node_id] = int(counted["rows"])
        if event.raw_event["info"]["name"] not in RESULTS:
            continue
        done += 1
        if done % EVENTS_BETWEEN_LOG_LINES == 0:
            context.log.info(f"{done} models and tests done.")
        if node_id in asset_of and node["node_status"] == MADE:
            names[node_id], seconds[node_id] = node["node_name"], data["execution_time"]
            asset = asset_of[node_id]
            missing[asset].discard(node_id)
            if not missing[asset]:
                made = [(names[one], rows.get(one), seconds[one]) for one in graph.members[asset]]
                yield dg.MaterializeResult(asset_key=asset, metadata=_of_asset(asset, made))
        # A test that isn't a check of the graph needs no event: if it fails, the run fails and names it.
        elif (check := graph.check_of.get(node_id)) and check.key in context.selected_asset_check_keys:
            yield _of_check(check, node_id, node["node_status"], data)


def unchanged_seeds(context: dg.AssetExecutionContext, graph: Graph) -> Iterator[dg.MaterializeResult]:
    """Yield the assets that this build doesn't load again, because they haven't changed: the reference data."""
    for asset in context.selected_asset_keys:
        if all(unique_id.startswith("seed.") for unique_id in graph.members[asset]):
            yield dg.MaterializeResult(asset_key=asset, metadata={"status": "unchanged, not loaded again"})


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
