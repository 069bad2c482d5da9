"""The sources of a home as assets, upstream of the raw tables they feed, each with the tie as a check.

Here: landing a source as a step of a run, and what the run's page says of it. Not here: how a source is read
(duebook/adapters), which there are (the home's sources.yml).
"""

from collections.abc import Mapping, Sequence

import dagster as dg

from duebook.adapters.configured import landed_before, name_of, tables_fed
from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.tie import Tie
from duebook.adapters.landing import Request, land, make, work_database
from duebook.adapters.summary import made_lines, tie_lines
from duebook.contract import Contract
from duebook.settings import OWNERS, Settings
from orchestration.defs.partitions import by_day
from orchestration.defs.resources import OnlyWriter

GROUP = "sources"
TIE = "ties_to_the_source"


def source_key(request: Request) -> dg.AssetKey:
    """The asset key of a source."""
    return dg.AssetKey([GROUP, name_of(request).replace("-", "_")])


def sources_of(requests: Sequence[Request], contract: Contract) -> Mapping[str, list[dg.AssetKey]]:
    """By the contract's table, the sources that feed it."""
    feeding: dict[str, list[dg.AssetKey]] = {}
    for request in requests:
        for table in tables_fed(request, contract):
            feeding.setdefault(table, []).append(source_key(request))
    return feeding


def source_assets(settings: Settings, requests: Sequence[Request], contract: Contract) -> list[dg.AssetsDefinition]:
    """The steps that land the sources of a home, each after those that have to be landed before it."""
    return [_source_asset(settings, one, landed_before(one, requests, contract), contract) for one in requests]


def _source_asset(
    settings: Settings, request: Request, before: Sequence[Request], contract: Contract
) -> dg.AssetsDefinition:
    """The step that lands one source."""
    key = source_key(request)

    @dg.asset(
        key=key,
        group_name=GROUP,
        deps=[source_key(one) for one in before],
        owners=OWNERS,
        kinds={"file"},
        description=f"What is new in {request.adapter}, as files of the landing.",
        check_specs=[dg.AssetCheckSpec(TIE, asset=key, description="Open amounts are the source's own.")],
        **by_day(settings),
    )
    def land_source(context: dg.AssetExecutionContext, only_writer: OnlyWriter) -> dg.MaterializeResult:
        """Read the source and write what is new or changed.

        Raises:
            dagster.Failure: the source can't be used; a line for each problem.
        """
        try:
            with work_database(settings) as con:
                made, user = make(con, request, settings, contract, context.log.info)
                landed = land(made, user, settings, contract, context.log.info)
        except AdapterError as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        for line in made.warnings:
            context.log.warning(line)
        for line in tie_lines(made.tie):
            context.log.info(line)
        metadata = {
            "summary": dg.MetadataValue.md("\n".join(f"- {line.strip()}" for line in made_lines(made))),
            "files": len(landed.files),
            "dagster/row_count": sum(one.rows for one in landed.differences.values()),
        }
        return dg.MaterializeResult(metadata=metadata, check_results=[_checked(made.tie)])

    return land_source


def _checked(tie: Tie | None) -> dg.AssetCheckResult:
    """A source that gives no balances of its own can't differ from them."""
    return dg.AssetCheckResult(
        check_name=TIE,
        passed=tie is None or not tie.differences,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "documents": 0 if tie is None else tie.documents,
            "differences": 0 if tie is None else len(tie.differences),
            "outcome": "\n".join(tie_lines(tie)),
        },
    )
