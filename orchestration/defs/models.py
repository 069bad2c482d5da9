"""Reference data, staging, ledger and marts: the dbt project as assets.

Here: running `dbt build` for each business day of a run. Not here: what dbt is told and how its failures read
(duebook/warehouse), which nodes are one asset (dbt/graph.py), what Dagster is told of them (dbt/events.py).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource
from pydantic import Field

from duebook.database_files import (
    DamagedFileError,
    FileInUseError,
    is_damage,
    open_database,
    remove_database,
)
from duebook.publication.targets import Target, targets_of
from duebook.reference import ReferenceDataError, check_home_files
from duebook.refresh_log import REFRESHES
from duebook.settings import MARTS_SCHEMA, Settings
from duebook.warehouse.build_plan import Build
from duebook.warehouse.dbt_arguments import dbt_arguments, dbt_environment
from duebook.warehouse.dbt_failures import dbt_said, describe_failures
from duebook.warehouse.manifest import forget_other_checkouts
from expectations.results import CHECK_RESULTS
from orchestration.dbt.events import asset_events, in_order, kept
from orchestration.dbt.graph import Graph
from orchestration.defs.partitions import by_day, days_of
from orchestration.defs.resources import OnlyWriter

# Somebody looking into the warehouse with another tool closes it sooner or later.
BUSY_RETRIES, BUSY_WAIT_SECONDS = 3, 30


class DbtConfig(dg.Config):
    """What a person may ask of one run, in the UI's launchpad too."""

    full_refresh: bool = Field(False, description="Build everything anew, not what has changed.")


def transform_asset(settings: Settings, graph: Graph) -> dg.AssetsDefinition:
    """The step that builds and tests the dbt project, with the graph's assets and checks."""

    @dg.multi_asset(
        name="transform",
        specs=graph.specs,
        check_specs=list(graph.check_of.values()),
        can_subset=True,
        **by_day(settings),
    )
    def transform(
        context: dg.AssetExecutionContext, config: DbtConfig, dbt: DbtCliResource, only_writer: OnlyWriter
    ) -> Iterator[object]:
        """Build and test every model for each business day of the run, oldest first."""
        asked = settings.model_copy(update={"full": settings.full or config.full_refresh})
        yield from Transformation(context, dbt, asked, graph).run()

    return transform


def records(graph: Graph) -> list[dg.AssetSpec]:
    """What the gates and the publication write down as they go, and what was published before: marts read both."""
    return [
        graph.translator.get_asset_spec(graph.manifest, unique_id, graph.project)
        for unique_id, source in graph.manifest["sources"].items()
        if source["name"] in (CHECK_RESULTS, REFRESHES) or source["schema"] == MARTS_SCHEMA
    ]


@dataclass(frozen=True)
class Transformation:
    """One run's builds: each day in its own warehouse file."""

    context: dg.AssetExecutionContext
    dbt: DbtCliResource
    settings: Settings
    graph: Graph

    def run(self) -> Iterator[object]:
        """Build each day; tell of the last one's assets and checks.

        Raises:
            dagster.Failure: a model could not be built or a test failed; says which, and where its SQL is.
        """
        *earlier, last = targets_of(self.settings, days_of(self.context, self.settings))
        for target in earlier:
            # An asset can be reported once a run: the last day's results stand for all, and any day's failure ends it.
            build, invocation = self.begin(target)
            self.finish(invocation.wait(), target, build)
        build, invocation = self.begin(last)
        events = asset_events(self.context, invocation, self.graph)
        stands = kept(self.context, self.graph) if build.given else ()
        selected = set(self.context.selected_asset_keys)
        told = yield from in_order(chain(stands, events), self.graph, selected)
        self.finish(invocation, last, build)
        if untold := selected - told:
            # Dagster would leave out what comes after them, and call that a success.
            names = ", ".join(sorted(asset.to_user_string() for asset in untold))
            raise dg.Failure(description=f"dbt ended well, and said nothing of {names}", allow_retries=False)

    def begin(self, target: Target) -> tuple[Build, DbtCliInvocation]:
        """Start `dbt build` for one day, into that day's warehouse file."""
        context, settings, graph = self.context, self.settings, self.graph
        target.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
        for file in (target.warehouse_file, target.marts_file):
            make_ready(context, file)
        refuse_a_damaged_publication(settings.published_file)
        refuse_wrong_reference_files(settings)
        build = Build(settings, target)
        # Somebody may build some models by hand; the warehouse then isn't what a refresh would have made.
        build.begin(is_whole=not context.is_subset)
        # dagster-dbt hands its own environment on to dbt and takes no other.
        os.environ.update(dbt_environment(settings, target.day, target.warehouse_file, build.given))
        forget_other_checkouts(settings.dbt_dir)
        # Left from an earlier run, they would be taken for this one's should dbt fail before it runs anything.
        (settings.dbt_dir / "run_results.json").unlink(missing_ok=True)
        how = f"all of it, because {build.why_anew}" if build.why_anew else f"what has changed since {build.given}"
        context.log.info(f"Building the marts for {target.day} in {target.warehouse_file}: {how}.")
        arguments = dbt_arguments(build.given)
        if context.is_subset:
            arguments += graph.selection(context.selected_asset_keys, context.selected_asset_check_keys)
        return build, self.dbt.cli(arguments, target_path=settings.dbt_dir, raise_on_error=False)

    def finish(self, invocation: DbtCliInvocation, target: Target, build: Build) -> None:
        """Check that dbt went well, and write down what the warehouse holds.

        Raises:
            dagster.Failure: it did not.
        """
        error = invocation.get_error()
        if error is None:
            build.end(went_well=not self.context.is_subset)
            return
        failures = describe_failures(invocation.target_path, target.warehouse_file, self.settings.landed_file)
        said = f"dbt, for {target.day}: {failures or dbt_said(error)}"
        if is_damage(said):
            # Without a record the next build starts over, in a new file.
            said += "\nThe next refresh builds the warehouse anew."
        else:
            build.end(went_well=False)
        raise dg.Failure(description=said, allow_retries=False)


def make_ready(context: dg.AssetExecutionContext, warehouse_file: Path) -> None:
    """Have a file that dbt can write, or none: then dbt makes one. A damaged one goes, and all is built anew.

    Raises:
        dagster.RetryRequested: another program has the file open; while it has, dbt can't write.
        dagster.Failure: the file can't be opened, whatever is in it.
    """
    if not warehouse_file.exists():
        return
    try:
        open_database(warehouse_file).close()
    except FileInUseError as error:
        context.log.warning(f"Another program has the warehouse open; trying again later. {error}")
        raise dg.RetryRequested(BUSY_RETRIES, BUSY_WAIT_SECONDS) from error
    except DamagedFileError as error:
        context.log.warning(f"warning: {warehouse_file} is damaged, and is built anew: {error}")
        remove_database(warehouse_file)
    except OSError as error:
        why = error.strerror or error
        said = f"{warehouse_file} can't be opened: {why}. Make it readable and writable, and refresh again"
        raise dg.Failure(description=said, allow_retries=False) from error


def refuse_wrong_reference_files(settings: Settings) -> None:
    """Stop where a reference file of the home can't be used: it may have changed since the load, or nothing was loaded.

    Raises:
        dagster.Failure: says which file, line, column and value.
    """
    try:
        check_home_files(settings)
    except ReferenceDataError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error


def refuse_a_damaged_publication(published_file: Path) -> None:
    """Stop where what was published can't be read: it holds what was reported of closed months, and nothing else does.

    Raises:
        dagster.Failure: the file is there and is no database, or not a whole one.
    """
    if not published_file.exists():
        return
    try:
        open_database(published_file, read_only=True).close()
    except DamagedFileError as error:
        said = (
            f"{published_file} is damaged, and holds what was reported of closed months: {error}. Put its last backup "
            "in its place and refresh again; without one, move it away: all is made anew, and what was reported is lost"
        )
        raise dg.Failure(description=said, allow_retries=False) from error
