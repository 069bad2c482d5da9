"""One refresh from start to end, as a person calls it.

Here: the order of things and how it went. Not here: how progress, failures and headlines read (the modules beside).
"""

import contextlib
import gc
import shlex
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from cli.arguments import AsJson, print_json, refuse_engine_that_cannot_run, takes_settings
from cli.exit_codes import CommandError, ExitCode
from cli.refresh.headlines import headline_table, headlines, held_back, rows_held_back
from cli.refresh.log_file import open_log
from cli.refresh.progress import Progress
from duebook.contract import read_contract
from duebook.encrypted_home import refuse_wrong_keys
from duebook.encryption import EncryptionError
from duebook.home import only_writer, prepare_home
from duebook.landing.currencies import counting_currencies
from duebook.landing.load_errors import cause_outside, what_to_do
from duebook.landing.unloaded import unloaded_files
from duebook.publication.personal import wrong_group
from duebook.publication.site_swap import INDEX
from duebook.room import NoRoomError, refuse_without_room
from duebook.settings import ACCEPT_TAG, DEFAULT_HOME, SAMPLE_LANDING, Settings
from duebook.warehouse.dbt_process import OBJECTS_BETWEEN_COLLECTIONS
from duebook.warehouse.parsing import begin_parsing
from duebook.words import counted

# What somebody who has just seen the sample may want.
NEXT = """Next:      make dashboard{home}
             serves the dashboard on this machine
           make explain KPI=dso{home}
             says how a figure came about
           make adapter-guess FILE=~/exports/invoices.xlsx
             begins with your own data; docs/guide/own_data.md says how to go on"""


@takes_settings(*Settings.model_fields, reads_landing=True)
def run(settings: Settings, as_json: AsJson = False) -> ExitCode:
    """Rows that can't be used go to quarantine. Where a check fails, what was published before stands as it was."""
    # Like dbt, a refresh keeps nearly all it makes: looking through it for garbage took a twentieth of its time.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    # The stream of now: while the job runs, what goes to standard output is for the log.
    console = Console(file=sys.stderr if as_json else sys.stdout, highlight=False, soft_wrap=True)
    refuse_engine_that_cannot_run(settings)
    if settings.personal_group and (wrong := wrong_group(settings.personal_group)):
        raise CommandError(f"{wrong}. Nothing was done.", ExitCode.USAGE)
    if asked := currency_asked_for(settings):
        raise CommandError(asked, ExitCode.USAGE)
    try:
        prepare_home(settings)
        with only_writer(settings):
            refuse_wrong_keys(settings)
            refuse_without_room(settings, unloaded_files(settings))
            outcome = refresh(settings, console)
    except NoRoomError as error:
        raise CommandError(f"{error}.") from None
    except EncryptionError as error:
        raise CommandError(f"{error}. Nothing was done.", ExitCode.USAGE) from None
    except OSError as error:
        raise CommandError(f"{cause_outside(error, settings) or error}.") from None
    except KeyboardInterrupt:
        said = "Interrupted. The last publication stands; run the same command again."
        raise CommandError(said, ExitCode.INTERRUPTED) from None
    if as_json:
        print_json(asdict(outcome))
    return ExitCode.FAILED if outcome.problems else ExitCode.DONE


def currency_asked_for(settings: Settings) -> str | None:
    """Ask for the currency to report in before anything is loaded, where the first refresh of a home would stop later.

    Later ones are left to the gate, which looks at what was loaded (expectations/suites/invoices.py).
    """
    if settings.reporting_currency is not None or settings.accept or settings.published_file.exists():
        return None
    found = counting_currencies(settings, read_contract())
    if len(found.of_documents) < 2:
        return None
    listed = ", ".join(f"{one} ({counted(number, 'document')})" for one, number in sorted(found.of_documents.items()))
    companies = f" Companies keep their books in {', '.join(found.own)}." if found.of_companies else ""
    given = settings.given | {"REPORTING_CURRENCY": str(found.to_report_in)}
    command = " ".join(["make refresh", *(f"{name}={shlex.quote(value)}" for name, value in given.items())])
    return (
        f"REPORTING_CURRENCY is missing: receivables in {settings.landing} are in {listed}.{companies} Nothing was "
        f"done.\nNext: {command}"
    )


@dataclass(frozen=True)
class Outcome:
    """How a refresh went.

    Attributes:
        status: what readers have: `published`; `failed`: what was published before stands; `published, then failed`.
        as_of: the business day.
        problems: why it failed; none where it did not.
        published_file: the publication; there where the status says so.
        log_file: the full log.
        seconds: how long it took.
        kpis: the headline KPIs, a row a month.
        rows_held_back: landed rows in quarantine, by table.
    """

    status: str
    as_of: date
    problems: list[str]
    published_file: Path
    log_file: Path
    seconds: float
    kpis: list[dict[str, Any]] = field(default_factory=list)
    rows_held_back: dict[str, int] = field(default_factory=dict)


def refresh(settings: Settings, console: Console) -> Outcome:
    """Run the job `daily_refresh` for the as-of day in this process; the home's lock is held.

    Args:
        settings: what to refresh.
        console: where the person is.
    """
    began = time.monotonic()
    console.print(f"Refreshing for {settings.as_of} from {settings.landing}", markup=False)
    if settings.accept:
        console.print(f"Let pass in this run, and in no other: {settings.accept}", markup=False)
    progress = Progress(console)
    log_file = settings.logs_dir / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}_as_of_{settings.as_of}.log"
    with open_log(log_file) as log:
        problems, published_file, is_published = run_job(settings, progress, log)
    of_run = (settings.as_of, problems, published_file, log_file)
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
        return Outcome("published, then failed" if is_published else "failed", *of_run, time.monotonic() - began)
    longest = sorted(progress.seconds.items(), key=lambda stage: -stage[1])[:3]
    kpis, waiting = headlines(published_file), rows_held_back(published_file)
    console.print()
    console.print(headline_table(kpis))
    if waiting:
        console.print(f"\n{held_back(waiting)}", markup=False)
    seconds = time.monotonic() - began
    console.print(f"\nPublished: {published_file}", markup=False)
    console.print(f"Dashboard: {published_file.with_name(settings.dashboard_dir.name) / INDEX}", markup=False)
    console.print(f"Full log:  {log_file}", markup=False)
    console.print(f"Took:      {seconds:.1f} s; " + ", ".join(f"{n} {s:.1f} s" for n, s in longest))
    if settings.landing == SAMPLE_LANDING:
        home = "" if settings.home == DEFAULT_HOME else f" HOME_DIR={shlex.quote(str(settings.home))}"
        console.print(f"\n{NEXT.format(home=home)}", markup=False)
    return Outcome("published", *of_run, seconds, kpis, waiting)


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
            said = f"{progress.stage}: {root_cause(error)}"
            to_do = what_to_do(said)
            return [f"{said}\n{to_do}." if to_do else said], published_file, False
        finally:
            progress.stop()
        if was_interrupted(result):
            raise KeyboardInterrupt
        return [] if result.success else reasons(result), published_file, was_published(result)
