"""Reference data, staging, ledger and marts: the dbt project as assets.

Here: running `dbt build` for each business day of a run. Not here: dbt's arguments and the message of its failures
(duebook/warehouse), which nodes are one asset (dbt/graph.py), what is reported to Dagster (dbt/events.py).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource
from pydantic import Field

from duebook.audit import AUDIT_EVENTS
from duebook.database_files import (
    DamagedFileError,
    FileInUseError,
    damage_of,
    is_damage,
    open_database,
    remove_database,
)
from duebook.engines.engine import EngineError
from duebook.publication.publish import LostFilesError, follow_move
from duebook.publication.targets import Target, targets_of
from duebook.raw_views import damaged_landing
from duebook.reference import ReferenceDataError, check_declared_columns, check_home_files
from duebook.reference_changes import log_reference_changes
from duebook.refresh_log import REFRESHES
from duebook.settings import MARTS_SCHEMA, Settings
from duebook.warehouse.build_plan import Build
from duebook.warehouse.dbt_arguments import dbt_arguments, dbt_environment
from duebook.warehouse.dbt_failures import dbt_said, describe_failures
from duebook.warehouse.manifest import remove_foreign_partial_parse
from duebook.warehouse.views_of_marts import make_views
from expectations.results import CHECK_RESULTS
from orchestration.dbt.events import asset_events, in_dependency_order, unchanged_seeds
from orchestration.dbt.graph import Graph
from orchestration.defs.partitions import by_day, days_of
from orchestration.defs.resources import OnlyWriter
from orchestration.defs.runs import BUILDING, started_by

# Somebody may have the warehouse open in another tool: wait until they close it.
BUSY_RETRIES, BUSY_WAIT_SECONDS = 3, 30


class DbtConfig(dg.Config):
    """Options of one run, which can also be set in the UI's launchpad."""

    full_refresh: bool = Field(False, description="Build everything again, not only what has changed.")


def transform_asset(settings: Settings, graph: Graph) -> dg.AssetsDefinition:
    """The step that builds and tests the dbt project, with the graph's assets and checks."""

    @dg.multi_asset(
        name=BUILDING,
        specs=graph.specs,
        check_specs=list(graph.check_of.values()),
        can_subset=True,
        **by_day(settings),
    )
    def transform(
        context: dg.AssetExecutionContext, config: DbtConfig, dbt: DbtCliResource, only_writer: OnlyWriter
    ) -> Iterator[object]:
        """Build and test every model for each business day of the run, oldest first."""
        of_run = settings.model_copy(update={"full": settings.full or config.full_refresh})
        yield from Transformation(context, dbt, of_run, graph).run()

    return transform


def records(graph: Graph) -> list[dg.AssetSpec]:
    """The sources no step builds: the logs of the gates and the publication, and the marts published last."""
    return [
        graph.translator.get_asset_spec(graph.manifest, unique_id, graph.project)
        for unique_id, source in graph.manifest["sources"].items()
        if source["name"] in (CHECK_RESULTS, REFRESHES, AUDIT_EVENTS) or source["schema"] == MARTS_SCHEMA
    ]


@dataclass(frozen=True)
class Transformation:
    """One run's builds: each day in its own warehouse file."""

    context: dg.AssetExecutionContext
    dbt: DbtCliResource
    settings: Settings
    graph: Graph

    def run(self) -> Iterator[object]:
        """Build each day, and yield the last day's assets and checks.

        Raises:
            dagster.Failure: a model could not be built or a test failed; says which, and where its SQL is.
        """
        *earlier, last = targets_of(self.settings, days_of(self.context, self.settings))
        for target in earlier:
            # Dagster takes one report of an asset in a run: it gets the last day's. A failure of any day ends the run.
            build, invocation = self.begin(target)
            self.finish(invocation.wait(), target, build)
        build, invocation = self.begin(last)
        events = asset_events(self.context, invocation, self.graph)
        unchanged = unchanged_seeds(self.context, self.graph) if build.for_dbt else ()
        selected = set(self.context.selected_asset_keys)
        reported = yield from in_dependency_order(chain(unchanged, events), self.graph, selected)
        self.finish(invocation, last, build)
        if missing := selected - reported:
            # Dagster would skip the steps that depend on them, and report a success.
            names = ", ".join(sorted(asset.to_user_string() for asset in missing))
            raise dg.Failure(description=f"dbt succeeded, but did not report {names}", allow_retries=False)

    def begin(self, target: Target) -> tuple[Build, DbtCliInvocation]:
        """Start `dbt build` for one day, into that day's warehouse file."""
        context, settings, graph = self.context, self.settings, self.graph
        target.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
        for file in (target.warehouse_file, target.marts_file):
            make_ready(context, file)
        refuse_a_damaged_publication(settings.published_file)
        follow_a_move(settings.published_dir)
        refuse_wrong_reference_files(settings)
        log_reference_changes(settings, started_by(context.run))
        build = planned(settings, target)
        if context.is_subset:
            refuse_where_tables_are_gone(build)
        # Somebody may build some models by hand; then the warehouse differs from what a refresh would have built.
        build.begin(is_whole=not context.is_subset)
        with in_words(target):
            build.engine.begin(everything=build.changed_since is None and not context.is_subset)
            of_engine = build.engine.environment()
        # dagster-dbt can only pass on the environment of this process to dbt.
        os.environ.update(dbt_environment(settings, target.day, target.warehouse_file, build.for_dbt, of_engine))
        remove_foreign_partial_parse(settings.dbt_dir)
        # If dbt fails before it runs anything, the results of an earlier run must not count as those of this one.
        (settings.dbt_dir / "run_results.json").unlink(missing_ok=True)
        if build.changed_since:
            how = f"what has changed since the build of {build.changed_since.as_of}"
        else:
            how = f"everything, because {build.why_full}"
        where = target.warehouse_file if build.engine.name == "duckdb" else build.engine.place
        context.log.info(f"Building the marts for {target.day} in {where}: {how}.")
        arguments = dbt_arguments(build.for_dbt)
        if context.is_subset:
            arguments += graph.selection(context.selected_asset_keys, context.selected_asset_check_keys)
        return build, self.dbt.cli(arguments, target_path=settings.dbt_dir, raise_on_error=False)

    def finish(self, invocation: DbtCliInvocation, target: Target, build: Build) -> None:
        """Check that dbt succeeded, and record what the warehouse holds.

        Raises:
            dagster.Failure: dbt failed; names the models and tests.
        """
        error = invocation.get_error()
        if error is None:
            with in_words(target):
                build.engine.hand_over(self.graph.models, partial(make_views, self.settings, target.day))
                build.end(went_well=not self.context.is_subset)
            return
        failures = describe_failures(invocation.target_path, build.engine)
        said = f"dbt, for {target.day}: {failures or dbt_said(error)}"
        if is_damage(said):
            # DuckDB says which block, and of which file only if it is the one that is opened.
            if why := damage_of(self.settings.published_file):
                said += f"\n{_damaged_publication(self.settings.published_file, why)}"
            elif why := damage_of(self.settings.landed_file):
                said += f"\n{damaged_landing(self.settings, why)}"
            else:
                # Without a record the next build is a full build, in a new file.
                said += "\nThe next refresh builds the whole warehouse again."
        else:
            # Without a record the next build is a full build, too.
            with suppress(EngineError):
                build.end(went_well=False)
        raise dg.Failure(description=said, allow_retries=False)


@contextmanager
def in_words(target: Target) -> Iterator[None]:
    """Turn what an engine says into the failure of this step."""
    try:
        yield
    except EngineError as error:
        raise dg.Failure(description=f"The build for {target.day}: {error}", allow_retries=False) from error


def refuse_where_tables_are_gone(build: Build) -> None:
    """Refuse to build some models alone where the tables they read are there as long as a build.

    Raises:
        dagster.Failure: says what to choose.
    """
    if not build.engine.keeps_tables:
        said = "builds all models at once, because its tables last no longer than a build"
        choose = "Choose all assets that dbt builds, or the job refresh"
        raise dg.Failure(description=f"ENGINE={build.engine.name} {said}. {choose}.", allow_retries=False)


def planned(settings: Settings, target: Target) -> Build:
    """Plan a build.

    Raises:
        dagster.Failure: the engine can't be asked what it has.
    """
    with in_words(target):
        return Build(settings, target)


def make_ready(context: dg.AssetExecutionContext, warehouse_file: Path) -> None:
    """Make sure that dbt can write the file, or that there is none. A damaged file is removed: a full build follows.

    Raises:
        dagster.RetryRequested: another program has the file open, so that dbt can't write it.
        dagster.Failure: the file can't be opened for another reason, such as missing rights.
    """
    if not warehouse_file.exists():
        return
    try:
        open_database(warehouse_file).close()
    except FileInUseError as error:
        context.log.warning(f"Another program has the warehouse open; trying again later. {error}")
        raise dg.RetryRequested(BUSY_RETRIES, BUSY_WAIT_SECONDS) from error
    except DamagedFileError as error:
        context.log.warning(f"warning: {warehouse_file} is damaged, and is built again: {error}")
        remove_database(warehouse_file)
    except OSError as error:
        why = error.strerror or error
        said = f"{warehouse_file} can't be opened: {why}. Make it readable and writable, and refresh again"
        raise dg.Failure(description=said, allow_retries=False) from error


def refuse_wrong_reference_files(settings: Settings) -> None:
    """Stop where a reference file of the home can't be used: it may have changed since, or name no landed column.

    Raises:
        dagster.Failure: says which file, line, column and value.
    """
    try:
        check_home_files(settings)
        check_declared_columns(settings)
    except ReferenceDataError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error


def refuse_a_damaged_publication(published_file: Path) -> None:
    """Stop if the published file can't be read: nothing else holds the reported figures of closed months.

    Raises:
        dagster.Failure: the file exists, but is damaged or not a database.
    """
    if not published_file.exists():
        return
    try:
        open_database(published_file, read_only=True).close()
    except DamagedFileError as error:
        # No build has begun: the warehouse may still have what was published.
        first = "run `make publish`, which writes it again from the warehouse, or if that refuses, "
        said = _damaged_publication(published_file, str(error), first)
        raise dg.Failure(description=said, allow_retries=False) from error


def _damaged_publication(published_file: Path, why: str, first: str = "") -> str:
    return (
        f"{published_file} is damaged: {why}. It holds the reported figures of closed months: {first}replace it by its "
        "last backup and refresh again. Without a backup, move it away: the refresh makes a new one, but the reported "
        "figures are lost"
    )


def follow_a_move(published_dir: Path) -> None:
    """Have the views of a publication read its own files, if its home has been moved.

    Raises:
        dagster.Failure: files are gone or damaged; says which, and what to do.
    """
    try:
        follow_move(published_dir)
    except LostFilesError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
