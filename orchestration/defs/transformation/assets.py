"""Reference data, staging, ledger and marts: the dbt project as assets.

Here: running `dbt build` for each business day of a run. Not here: what dbt is told (arguments.py),
which nodes are one asset (graph.py), what Dagster is told of them (events.py), how failures read (failures.py).
"""

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource

from orchestration.database_files import (
    DamagedFileError,
    FileInUseError,
    is_damage,
    open_database,
    remove_database,
)
from orchestration.defs.partitions import business_days, days_of, single_run
from orchestration.defs.publication.log import REFRESHES
from orchestration.defs.publication.targets import Target, targets_of
from orchestration.defs.quality.results import CHECK_RESULTS
from orchestration.defs.resources import OnlyWriter
from orchestration.defs.transformation.arguments import dbt_arguments, dbt_environment
from orchestration.defs.transformation.events import asset_events, in_order, kept
from orchestration.defs.transformation.failures import dbt_said, describe_failures
from orchestration.defs.transformation.graph import Graph
from orchestration.defs.transformation.increment import Build
from orchestration.defs.transformation.manifest import forget_other_checkouts
from orchestration.defs.transformation.project import prepared_project, read_manifest
from orchestration.settings import MARTS_SCHEMA, get_settings

# Somebody looking into the warehouse with another tool closes it sooner or later.
BUSY_RETRIES, BUSY_WAIT_SECONDS = 3, 30
project = prepared_project()

manifest = read_manifest(project)
graph = Graph(manifest, project)
# What the gates and the publication write down as they go, and what was published before; marts read both, so they are
# in the graph.
records = [
    graph.translator.get_asset_spec(manifest, unique_id, project)
    for unique_id, source in manifest["sources"].items()
    if source["name"] in (CHECK_RESULTS, REFRESHES) or source["schema"] == MARTS_SCHEMA
]


@dg.multi_asset(
    name="transform",
    specs=graph.specs,
    check_specs=list(graph.check_of.values()),
    can_subset=True,
    partitions_def=business_days,
    backfill_policy=single_run,
    pool="duckdb",
)
def transform(context: dg.AssetExecutionContext, dbt: DbtCliResource, only_writer: OnlyWriter) -> Iterator[object]:
    """Build and test every model for each business day of the run, oldest first, each in its own warehouse file.

    Raises:
        dagster.Failure: a model could not be built or a test failed; says which, and where its SQL is.
    """
    *earlier, last = targets_of(get_settings(), days_of(context))
    for target in earlier:
        # An asset can be reported once a run: the last day's results stand for all, and any day's failure ends the run.
        build, invocation = begin(context, dbt, target)
        finish(context, invocation.wait(), target, build)
    build, invocation = begin(context, dbt, last)
    events = asset_events(context, invocation, graph)
    stands = kept(context, graph) if build.given else ()
    selected = set(context.selected_asset_keys)
    told = yield from in_order(chain(stands, events), graph, selected)
    finish(context, invocation, last, build)
    if untold := selected - told:
        # Dagster would leave out what comes after them, and call that a success.
        names = ", ".join(sorted(asset.to_user_string() for asset in untold))
        raise dg.Failure(description=f"dbt ended well, and said nothing of {names}", allow_retries=False)


def begin(context: dg.AssetExecutionContext, dbt: DbtCliResource, target: Target) -> tuple[Build, DbtCliInvocation]:
    """Start `dbt build` for one day, into that day's warehouse file."""
    settings = get_settings()
    target.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    for file in (target.warehouse_file, target.marts_file):
        make_ready(context, file)
    refuse_a_damaged_publication(settings.published_file)
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
    return build, dbt.cli(arguments, target_path=settings.dbt_dir, raise_on_error=False)


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


def finish(context: dg.AssetExecutionContext, invocation: DbtCliInvocation, target: Target, build: Build) -> None:
    """Check that dbt went well, and write down what the warehouse holds.

    Raises:
        dagster.Failure: it did not.
    """
    error = invocation.get_error()
    if error is None:
        build.end(went_well=not context.is_subset)
        return
    failures = describe_failures(invocation.target_path, target.warehouse_file, get_settings().landed_file)
    said = f"dbt, for {target.day}: {failures or dbt_said(error)}"
    if is_damage(said):
        # Without a record the next build starts over, in a new file.
        said += "\nThe next refresh builds the warehouse anew."
    else:
        build.end(went_well=False)
    raise dg.Failure(description=said, allow_retries=False)
