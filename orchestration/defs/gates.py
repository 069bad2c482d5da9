"""The gates in the asset graph: blocking checks on what was landed and on what is handed over.

Here: one step a gate, which reports on every table it looked at. Not here: what a gate does
(expectations/run_gates.py).
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from duebook.contract import Contract
from duebook.publication.targets import targets_of
from duebook.settings import ACCEPT_TAG, MARTS_SCHEMA, RAW_SCHEMA, Settings
from expectations.accepting import NothingToAcceptError, read_accepted
from expectations.gates import MARTS
from expectations.results import GateFailed, failures, refuse_failures, told, way_out
from expectations.run_gates import (
    ARRIVALS,
    HAND_OVER,
    OneRun,
    run_arrivals,
    run_hand_over,
    what_customers_are,
)
from expectations.validation import CheckResult
from orchestration.defs.partitions import days_of
from orchestration.defs.resources import OnlyWriter

MESSAGES_SHOWN = 20


def _specs(gate: str, schema: str, tables: Sequence[str], description: str) -> list[dg.AssetCheckSpec]:
    return [dg.AssetCheckSpec(gate, asset=[schema, table], blocking=True, description=description) for table in tables]


def arrival_gate(settings: Settings, contract: Contract) -> dg.AssetChecksDefinition:
    """Gate 1, for a run's last business day: nothing is built on landed tables that are not as expected."""
    specs = _specs(
        ARRIVALS,
        RAW_SCHEMA,
        [table.name for table in contract.tables],
        "What was landed is as the contract says: columns, keys, references, ranges, codes, volume, freshness.",
    )

    @dg.multi_asset_check(name="check_arrivals", specs=specs, pool="duckdb")
    def check_arrivals(
        context: dg.AssetCheckExecutionContext, only_writer: OnlyWriter
    ) -> Iterator[dg.AssetCheckResult]:
        """Hold what was landed against what is expected of it."""
        run, day = _run(context), days_of(context, settings)[-1]
        if line := what_customers_are(settings):
            context.log.warning(line)
        results = run_arrivals(settings, day, run)
        yield from _report(context, specs, results, settings)
        _close(f"{ARRIVALS} of {day}", results, settings)

    return check_arrivals


def hand_over_gate(settings: Settings) -> dg.AssetChecksDefinition:
    """Gate 2, for each business day of a run: nothing is published that is not as expected."""
    specs = _specs(
        HAND_OVER,
        MARTS_SCHEMA,
        list(MARTS),
        "What readers get is whole: rows, keys, no gap in days or months, buckets that add up, values in range.",
    )

    @dg.multi_asset_check(name="check_hand_over", specs=specs, pool="duckdb")
    def check_hand_over(
        context: dg.AssetCheckExecutionContext, only_writer: OnlyWriter
    ) -> Iterator[dg.AssetCheckResult]:
        """Hold the marts against what readers expect of them."""
        run = _run(context)
        targets = targets_of(settings, days_of(context, settings))
        results = [result for target in targets for result in run_hand_over(settings, target, run)]
        yield from _report(context, specs, results, settings)
        _close(f"{HAND_OVER} of {', '.join(str(target.day) for target in targets)}", results, settings)

    return check_hand_over


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
    context: dg.AssetCheckExecutionContext,
    specs: Sequence[dg.AssetCheckSpec],
    results: Sequence[CheckResult],
    settings: Settings,
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
            description=_in_short(own, failed, closing, settings),
            metadata=_metadata(own, failed),
        )


def _close(gate: str, results: Sequence[CheckResult], settings: Settings) -> None:
    """End the run where a check failed, with its message: Dagster's own says only that one did.

    Raises:
        dagster.Failure: the gate is closed; says why.
    """
    try:
        refuse_failures(gate, results, settings)
    except GateFailed as closed:
        raise dg.Failure(description=str(closed), allow_retries=False) from None


def _in_short(
    results: Sequence[CheckResult],
    failed: Sequence[CheckResult],
    closing: Sequence[CheckResult],
    settings: Settings,
) -> str:
    """What one table's checks say; the way out names all that closes the gate, for less would close it again."""
    if not failed:
        return "\n  ".join([f"{len(results)} checks, none failed.", *told(results)])
    shown = [f"{result.as_of_date}: {result.message}" for result in failed[:MESSAGES_SHOWN]]
    return "\n  ".join([f"{len(failed)} of {len(results)} checks failed.", *shown, way_out(closing, settings)])


def _metadata(results: Sequence[CheckResult], failed: Sequence[CheckResult]) -> Mapping[str, dg.MetadataValue]:
    messages = "\n".join(f"- {result.as_of_date}: {result.message}" for result in failed[:MESSAGES_SHOWN])
    return {
        "checks": dg.MetadataValue.int(len(results)),
        "failed": dg.MetadataValue.int(len(failed)),
        **({"messages": dg.MetadataValue.md(messages)} if failed else {}),
    }
