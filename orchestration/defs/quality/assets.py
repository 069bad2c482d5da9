"""The gates in the asset graph: blocking checks on what was landed and on what is handed over.

Here: one step a gate, which reports on every table it looked at. Not here: what a gate does (gates.py).
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from expectations.accepting import NothingToAcceptError, read_accepted
from expectations.gates import MARTS
from expectations.validation import CheckResult
from orchestration.defs.ingestion.contract import read_contract
from orchestration.defs.partitions import days_of
from orchestration.defs.publication.targets import targets_of
from orchestration.defs.quality.gates import (
    ARRIVALS,
    HAND_OVER,
    OneRun,
    run_arrivals,
    run_hand_over,
    what_customers_are,
)
from orchestration.defs.quality.results import GateFailed, failures, refuse_failures, told, way_out
from orchestration.defs.resources import OnlyWriter
from orchestration.settings import ACCEPT_TAG, MARTS_SCHEMA, RAW_SCHEMA, get_settings

MESSAGES_SHOWN = 20


def _specs(gate: str, schema: str, tables: Sequence[str], description: str) -> list[dg.AssetCheckSpec]:
    return [dg.AssetCheckSpec(gate, asset=[schema, table], blocking=True, description=description) for table in tables]


arrival_specs = _specs(
    ARRIVALS,
    RAW_SCHEMA,
    [table.name for table in read_contract().tables],
    "What was landed is as the contract says: columns, keys, references, ranges, codes, volume, freshness.",
)
hand_over_specs = _specs(
    HAND_OVER,
    MARTS_SCHEMA,
    list(MARTS),
    "What readers get is whole: rows, keys, no gap in days or months, buckets that add up, values in range.",
)


@dg.multi_asset_check(name="check_arrivals", specs=arrival_specs, pool="duckdb")
def check_arrivals(context: dg.AssetCheckExecutionContext, only_writer: OnlyWriter) -> Iterator[dg.AssetCheckResult]:
    """Gate 1, for the run's last business day: nothing is built on landed tables that are not as expected.

    Raises:
        dagster.Failure: the gate is closed; says why.
    """
    settings, run, day = get_settings(), _run(context), days_of(context)[-1]
    if line := what_customers_are(settings):
        context.log.warning(line)
    results = run_arrivals(settings, day, run)
    yield from _report(context, arrival_specs, results)
    _close(f"{ARRIVALS} of {day}", results)


@dg.multi_asset_check(name="check_hand_over", specs=hand_over_specs, pool="duckdb")
def check_hand_over(context: dg.AssetCheckExecutionContext, only_writer: OnlyWriter) -> Iterator[dg.AssetCheckResult]:
    """Gate 2, for each business day of the run: nothing is published that is not as expected.

    Raises:
        dagster.Failure: the gate is closed; says why.
    """
    settings, run = get_settings(), _run(context)
    targets = targets_of(settings, days_of(context))
    results = [result for target in targets for result in run_hand_over(settings, target, run)]
    yield from _report(context, hand_over_specs, results)
    _close(f"{HAND_OVER} of {', '.join(str(target.day) for target in targets)}", results)


def _run(context: dg.AssetCheckExecutionContext) -> OneRun:
    """The run and what is accepted in it, which only its own tag says: no setting that later runs would read as well.

    Raises:
        dagster.Failure: the tag names what no gate asks.
    """
    try:
        return OneRun(context.run.run_id, read_accepted(context.run.tags.get(ACCEPT_TAG)))
    except NothingToAcceptError as error:
        raise dg.Failure(description=f"The run's tag {ACCEPT_TAG}: {error}", allow_retries=False) from error


def _report(
    context: dg.AssetCheckExecutionContext, specs: Sequence[dg.AssetCheckSpec], results: Sequence[CheckResult]
) -> Iterator[dg.AssetCheckResult]:
    """Say of each table how it went."""
    for line in told(results):
        context.log.warning(line)
    closing = failures(results)
    for spec in specs:
        own = [result for result in results if result.table_name == spec.asset_key.path[-1]]
        failed = failures(own)
        for result in failed:
            context.log.error(f"{result.as_of_date}: {result.message}")
        yield dg.AssetCheckResult(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=not failed,
            severity=dg.AssetCheckSeverity.ERROR,
            description=_in_short(own, failed, closing),
            metadata=_metadata(own, failed),
        )


def _close(gate: str, results: Sequence[CheckResult]) -> None:
    """End the run where a check failed, with its message: Dagster's own says only that one did."""
    try:
        refuse_failures(gate, results, get_settings())
    except GateFailed as closed:
        raise dg.Failure(description=str(closed), allow_retries=False) from None


def _in_short(results: Sequence[CheckResult], failed: Sequence[CheckResult], closing: Sequence[CheckResult]) -> str:
    """What one table's checks say; the way out names all that closes the gate, for less would close it again."""
    if not failed:
        return "\n  ".join([f"{len(results)} checks, none failed.", *told(results)])
    shown = [f"{result.as_of_date}: {result.message}" for result in failed[:MESSAGES_SHOWN]]
    return "\n  ".join([f"{len(failed)} of {len(results)} checks failed.", *shown, way_out(closing, get_settings())])


def _metadata(results: Sequence[CheckResult], failed: Sequence[CheckResult]) -> Mapping[str, dg.MetadataValue]:
    messages = "\n".join(f"- {result.as_of_date}: {result.message}" for result in failed[:MESSAGES_SHOWN])
    return {
        "checks": dg.MetadataValue.int(len(results)),
        "failed": dg.MetadataValue.int(len(failed)),
        **({"messages": dg.MetadataValue.md(messages)} if failed else {}),
    }
