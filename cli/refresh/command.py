"""One refresh from start to end, as a person calls it.

Here: the order of things and the exit code. Not here: how progress, failures and headlines read (the modules beside).
"""

import contextlib
import gc
import shlex
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from rich.console import Console

from cli.arguments import WrongSettingError, read_settings
from cli.refresh.headlines import headline_table, held_back
from cli.refresh.progress import Progress
from duebook.home import HomeIsBusyError, only_writer, prepare_home
from duebook.landing.load_errors import cause_outside
from duebook.publication.site_swap import INDEX
from duebook.settings import ACCEPT_TAG, DEFAULT_HOME, SAMPLE_LANDING, Settings
from duebook.warehouse.dbt_process import OBJECTS_BETWEEN_COLLECTIONS
from duebook.warehouse.parsing import begin_parsing

# What somebody who has just seen the sample may want.
NEXT = """Next:      make dashboard{home}
             serves the dashboard on this machine
           make explain KPI=dso{home}
             says how a figure came about
           make check-landing LANDING=~/exports
             reads your own files without loading them; docs/guide/own_data.md says what to land"""
PUBLISHED, FAILED, WRONG_SETTING, BUSY, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one refresh.

    Args:
        arguments: the command line without the program's name; None: this process's.

    Returns:
        The exit code; arguments.py says what each means to the user.
    """
    # Like dbt, a refresh keeps nearly all it makes: looking through it for garbage took a twentieth of its time.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    settings = None
    try:
        settings = read_settings(arguments)
        prepare_home(settings)
        with only_writer(settings):
            return refresh(settings, console)
    except WrongSettingError as wrong:
        console.print(str(wrong), markup=False)
        return WRONG_SETTING
    except HomeIsBusyError as busy:
        console.print(f"{busy} Nothing was done.", markup=False)
        return BUSY
    except OSError as error:
        console.print(f"{(settings and cause_outside(error, settings)) or error}.", markup=False)
        return WRONG_SETTING
    except KeyboardInterrupt:
        console.print("Interrupted. The last publication stands; run the same command again.")
        return INTERRUPTED


def refresh(settings: Settings, console: Console) -> int:
    """Run the job `daily_refresh` for the as-of day in this process; the home's lock is held.

    Args:
        settings: what to refresh.
        console: where the person is.

    Returns:
        The exit code.
    """
    began = time.monotonic()
    console.print(f"Refreshing for {settings.as_of} from {settings.landing}", markup=False)
    if settings.accept:
        console.print(f"Let pass in this run, and in no other: {settings.accept}", markup=False)
    progress = Progress(console)
    log_file = settings.logs_dir / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}_as_of_{settings.as_of}.log"
    with log_file.open("w", encoding="utf-8", buffering=1) as log:
        problems, published_file, is_published = run_job(settings, progress, log)
    if problems:
        stands = (
            "the new publication is there all the same"
            if is_published
            else "what was published before stands as it was"
        )
        console.print(f"\nThe refresh failed; {stands}.\n")
        for problem in problems:
            console.print(f"{problem}\n", markup=False)
        console.print(f"Full log: {log_file}", markup=False)
        return FAILED
    longest = sorted(progress.seconds.items(), key=lambda stage: -stage[1])[:3]
    console.print()
    console.print(headline_table(published_file))
    if waiting := held_back(published_file):
        console.print(f"\n{waiting}", markup=False)
    console.print(f"\nPublished: {published_file}", markup=False)
    console.print(f"Dashboard: {published_file.with_name(settings.dashboard_dir.name) / INDEX}", markup=False)
    console.print(f"Full log:  {log_file}", markup=False)
    console.print(f"Took:      {time.monotonic() - began:.1f} s; " + ", ".join(f"{n} {s:.1f} s" for n, s in longest))
    if settings.landing == SAMPLE_LANDING:
        home = "" if settings.home == DEFAULT_HOME else f" HOME_DIR={shlex.quote(str(settings.home))}"
        console.print(f"\n{NEXT.format(home=home)}", markup=False)
    return PUBLISHED


def run_job(settings: Settings, progress: Progress, log: TextIO) -> tuple[list[str], Path, bool]:
    """Run the job, with everything any tool prints going to the log.

    Args:
        settings: what to refresh.
        progress: is told how it goes.
        log: an open file.

    Returns:
        Why it failed (empty: it did not), the file it publishes, and whether it was published.
    """
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        progress.start("Prepare")
        # dbt parses in a process of its own, while this one imports.
        begin_parsing(settings)
        # Imported here, because most of this stage is imports: seconds of Dagster, dbt and Great Expectations.
        import dagster as dg

        from cli.refresh.logger import refresh_logger
        from cli.refresh.reasons import reasons, root_cause, was_interrupted, was_published
        from duebook.publication.targets import targets_of

        published_file = targets_of(settings, [settings.as_of])[0].published_file
        try:
            from orchestration.build import build_defs

            loggers = dg.Definitions(loggers={"refresh": refresh_logger(progress, log)})
            job = dg.Definitions.merge(build_defs(settings), loggers).resolve_job_def("daily_refresh")
            with dg.DagsterInstance.get() as instance:
                progress.end()
                result = job.execute_in_process(
                    instance=instance,
                    partition_key=settings.as_of.isoformat(),
                    tags={ACCEPT_TAG: settings.accept} if settings.accept else {},
                    run_config={"loggers": {"refresh": {}}},
                    raise_on_error=False,
                )
        except Exception as error:
            # Not a failed step, which Dagster reports as a result: the models can't be parsed, the history not be read.
            traceback.print_exc()
            return [f"{progress.stage}: {root_cause(error)}"], published_file, False
        finally:
            progress.stop()
        if was_interrupted(result):
            raise KeyboardInterrupt
        return [] if result.success else reasons(result), published_file, was_published(result)
