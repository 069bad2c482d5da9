"""The command `duebook dev`: Dagster's UI on this home, with its schedule and sensor daemon.

Dagster starts a handful of processes, and they start the runs. They all end with this command, however it ends: they
are one process group, and a keeper in it watches this process.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cli.arguments import WrongSettingError, read_settings
from duebook.home import prepare_home
from duebook.landing.load_errors import cause_outside
from duebook.settings import ACCEPT_TAG, PROJECT_ROOT
from duebook.warehouse.dbt_process import SECONDS_BETWEEN_LOOKS
from duebook.warehouse.parsing import finish_parsing


def main(arguments: Sequence[str] = ()) -> None:
    """Make the home and run `dg dev` on it.

    Args:
        arguments: dg's.

    Raises:
        SystemExit: a setting is wrong, or the project can't be parsed; says which. Else dg's exit code.
    """
    if "--help" in arguments:
        print("Usage: duebook dev [words of `dg dev`, such as --port 3001 or --host 0.0.0.0]\n\n" + (__doc__ or ""))
        return
    try:
        settings = read_settings([])
        if settings.accept:
            sys.exit(f"DUEBOOK_ACCEPT is for one run of `make refresh`; in the UI, give a run the tag {ACCEPT_TAG}.")
        prepare_home(settings)
        # Here, where nobody waits with a limit: Dagster gives its code server so many seconds to load.
        finish_parsing(settings)
    except OSError as error:
        sys.exit(f"{cause_outside(error, settings)}.")
    except (WrongSettingError, RuntimeError) as error:
        sys.exit(str(error))
    # The processes Dagster starts import the project wherever they run.
    os.environ["PYTHONPATH"] = str(PROJECT_ROOT)
    os.chdir(PROJECT_ROOT)
    dg = Path(sys.executable).with_name("dg")
    sys.exit(run_as_group([dg, "dev", *arguments]))


def run_as_group(command: Sequence[str | Path]) -> int:
    """Run a command and whatever it starts; nothing of it is left when this process has ended.

    An interruption or termination is handed on, so that the command can end in its own way. If this process is killed,
    the keeper notices and kills the group.

    Args:
        command: program and arguments.

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
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.kill(keeper, signal.SIGINT))
    _, status = os.waitpid(keeper, 0)
    with suppress(ProcessLookupError):
        os.killpg(keeper, signal.SIGKILL)
    return os.waitstatus_to_exitcode(status)


def _keep(command: Sequence[str | Path], parent: int) -> int:
    """Start the command, wait for its end, and kill the group when the parent has gone."""
    process = subprocess.Popen(command)
    signal.signal(signal.SIGINT, lambda *_: process.send_signal(signal.SIGINT))
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(SECONDS_BETWEEN_LOOKS)
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)
