"""The gates in the asset graph: blocking checks of landed tables and of the marts at the hand-over.

Here: one step for each gate, which reports on every table it checked. Not here: what a gate does
(expectations/run_gates.py).
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from duebook.contract import Contract
from duebook.publication.targets import targets_of
from duebook.settings import ACCEPT_TAG, MARTS_SCHEMA, RAW_SCHEMA, Settings
from expectations.accepting import NothingToAcceptError, read_accepted
from expectations.gates import MARTS
from expectations.results import GateFailed, failures, how_to_accept, refuse_failures, warning_lines
from expectations.run_gates import (
    ARRIVALS,
    HAND_OVER,
    OneRun,
    run_arrivals,
    run_hand_over,
    unknown_customer_kinds,
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
        "Landed tables are as the contract says: columns, keys, references, ranges, codes, volume, freshness.",
    )

    @dg.multi_asset_check(name="check_arrivals", specs=specs, pool="duckdb")
    def check_arrivals(
        context: dg.AssetCheckExecutionContext, only_writer: OnlyWriter
    ) -> Iterator[dg.AssetCheckResult]:
        """Check the landed tables against their expectations."""
        run, day = _run(context), days_of(context, settings)[-1]
        if line := unknown_customer_kinds(settings):
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
        "Marts are complete: rows, keys, no missing day or month, buckets that add up, values in range.",
    )

    @dg.multi_asset_check(name="check_hand_over", specs=specs, pool="duckdb")
    def check_hand_over(
        context: dg.AssetCheckExecutionContext, only_writer: OnlyWriter
    ) -> Iterator[dg.AssetCheckResult]:
        """Check the marts against their expectations."""
        run = _run(context)
        targets = targets_of(settings, days_of(context, settings))
        results = [result for target in targets for result in run_hand_over(settings, target, run)]
        yield from _report(context, specs, results, settings)
        _close(f"{HAND_OVER} of {', '.join(str(target.day) for target in targets)}", results, settings)

    return check_hand_over


def _run(context: dg.AssetCheckExecutionContext) -> OneRun:
    """Return the run and the checks accepted in it. They are read from its tag: later runs would also read a setting.

    Raises:
        dagster.Failure: the tag names a check that no gate has.
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
    """Yield the result for each table."""
    for line in warning_lines(results):
        context.log.warning(line)
    all_failed = failures(results)
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
            description=_summary(own, failed, all_failed, settings),
            metadata=_metadata(own, failed),
        )


def _close(gate: str, results: Sequence[CheckResult], settings: Settings) -> None:
    """End the run if a check failed, with its message: Dagster's own message says only that one did.

    Raises:
        dagster.Failure: the gate is closed; says why.
    """
    try:
        refuse_failures(gate, results, settings)
    except GateFailed as closed:
        raise dg.Failure(description=str(closed), allow_retries=False) from None


def _summary(
    results: Sequence[CheckResult],
    failed: Sequence[CheckResult],
    all_failed: Sequence[CheckResult],
    settings: Settings,
) -> str:
    """Return one table's results in a few lines; the command to accept them names the failed checks of all tables."""
    if not failed:
        return "\n  ".join([f"{len(results)} checks, none failed.", *warning_lines(results)])
    shown = [f"{result.as_of_date}: {result.message}" for result in failed[:MESSAGES_SHOWN]]
    return "\n  ".join([f"{len(failed)} of {len(results)} checks failed.", *shown, how_to_accept(all_failed, settings)])


def _metadata(results: Sequence[CheckResult], failed: Sequence[CheckResult]) -> Mapping[str, dg.MetadataValue]:
    messages = "\n".join(f"- {result.as_of_date}: {result.message}" for result in failed[:MESSAGES_SHOWN])
    return {
        "checks": dg.MetadataValue.int(len(results)),
        "failed": dg.MetadataValue.int(len(failed)),
        **({"messages": dg.MetadataValue.md(messages)} if failed else {}),
    }
