"""The command `duebook dev`: Dagster's UI on this home, with its schedule and sensor daemon.

Dagster starts a handful of processes, and they start the runs. They all end with this command, however it ends: they
are one process group, and a keeper in it watches this process.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import WrongSettingError, refuse_engine_that_cannot_run, takes_settings
from cli.exit_codes import CommandError, ExitCode
from duebook.encrypted_home import refuse_wrong_keys
from duebook.home import prepare_home
from duebook.landing.load_errors import cause_outside
from duebook.settings import ACCEPT_TAG, PROJECT_ROOT, Settings
from duebook.warehouse.dbt_process import SECONDS_BETWEEN_LOOKS
from duebook.warehouse.parsing import finish_parsing


@takes_settings("home", "landing", reads_landing=True)
def run(
    settings: Settings,
    host: Annotated[str | None, typer.Option(help="Address to serve it on; 0.0.0.0: to other machines, too.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to serve it on; default: 3000.")] = None,
    further: Annotated[
        list[str] | None, typer.Argument(metavar="[-- WORDS]", help="Further options of `dg dev`.", show_default=False)
    ] = None,
) -> ExitCode:
    """All that is started ends with this command, however it ends."""
    if settings.accept:
        said = f"DUEBOOK_ACCEPT is for one run of `make refresh`; in the UI, give a run the tag {ACCEPT_TAG}."
        raise WrongSettingError(said)
    refuse_engine_that_cannot_run(settings)
    refuse_wrong_keys(settings)
    try:
        prepare_home(settings)
        # Here, where nobody waits with a limit: Dagster gives its code server so many seconds to load.
        finish_parsing(settings)
    except OSError as error:
        raise CommandError(f"{cause_outside(error, settings)}.") from None
    except RuntimeError as error:
        raise CommandError(error) from None
    # The processes Dagster starts import the project wherever they run.
    os.environ["PYTHONPATH"] = str(PROJECT_ROOT)
    # `dg` warns, in each of its processes, where the project's .venv isn't the environment that is active.
    os.environ["VIRTUAL_ENV"] = sys.prefix
    os.chdir(PROJECT_ROOT)
    dg = Path(sys.executable).with_name("dg")
    given = [
        word
        for option, value in (("--host", host), ("--port", port))
        if value is not None
        for word in (option, str(value))
    ]
    handed_on: list[int] = []
    code = run_as_group([dg, "dev", *given, *(further or [])], handed_on.append)
    # Interrupted twice Dagster ends with 1, as it does if something failed.
    if code and handed_on:
        return ExitCode.INTERRUPTED
    return ExitCode(code) if code in list(ExitCode) else ExitCode.FAILED


def run_as_group(command: Sequence[str | Path], told: Callable[[int], None] = lambda number: None) -> int:
    """Run a command and whatever it starts; nothing of it is left when this process has ended.

    An interruption or termination is handed on, so that the command can end in its own way. If this process is killed,
    the keeper notices and kills the group.

    Args:
        command: program and arguments.
        told: gets the number of each signal that is handed on.

    Returns:
        The command's exit code.
    """
    parent = os.getpid()
    keeper = os.fork()
    if not keeper:
        try:
            os.setpgid(0, 0)
            os._exit(_keep(command, parent))
        finally:
            os._exit(1)
    # By both, for either may be first.
    with suppress(OSError):
        os.setpgid(keeper, keeper)

    def hand_on(number: int, _: object) -> None:
        told(number)
        with suppress(ProcessLookupError):
            os.kill(keeper, signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hand_on)
    _, status = os.waitpid(keeper, 0)
    with suppress(ProcessLookupError):
        os.killpg(keeper, signal.SIGKILL)
    return os.waitstatus_to_exitcode(status)


def _keep(command: Sequence[str | Path], parent: int) -> int:
    """Start the command, wait for its end, and kill the group when the parent has gone."""
    # What a script starts in the background ignores interruptions, and so would the command that is to end by one.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(command)  # noqa: S603 (dg of this environment)
    signal.signal(signal.SIGINT, lambda *_: process.send_signal(signal.SIGINT))
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(SECONDS_BETWEEN_LOOKS)
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)
