"""What a command starts ends with it: killed, interrupted or terminated, by itself or with the make that called it.

Real processes. Those of one command are known by a mark in their environment, whatever became of their parents.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from duebook.settings import PROJECT_ROOT, Settings
from tests.support.refreshes.running import COMMAND, marts, refresh, wait_for

pytestmark = pytest.mark.long

MARK = "ONE_COMMAND_S_PROCESSES"
PATIENCE = 120
PYTHON = f"{sys.executable} -P"
# A command like `dg dev`: starts a process that would go on for ever, which starts another.
FAMILY = """
import subprocess, sys, time
depth = int(sys.argv[1])
if depth:
    child = subprocess.Popen([sys.executable, "-c", open(sys.argv[2]).read(), str(depth - 1), *sys.argv[2:]])
else:
    open(sys.argv[3], "w").close()
try:
    while True:
        time.sleep(60)
except KeyboardInterrupt:
    sys.exit(7)
"""


def processes(mark: str) -> dict[int, str]:
    """List the processes that carry a mark: their command lines by id; zombies have no environment any more."""
    found = {}
    for process in Path("/proc").iterdir():
        try:
            if f"{MARK}={mark}\0".encode() in (process / "environ").read_bytes():
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError):
            continue
    return found


def until(what) -> None:
    """Look again and again until it is so; as long as a busy machine may take."""
    give_up_at = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < give_up_at


@pytest.fixture
def mark(tmp_path) -> Iterator[str]:
    """The mark of a test's processes; whatever it left is killed."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("processes are looked for in /proc, and there is none here")
    mark = str(tmp_path)
    yield mark
    for left in processes(mark):
        os.kill(left, signal.SIGKILL)


def start(mark: str, command: list[str], output: int = subprocess.DEVNULL, **environment: str) -> subprocess.Popen:
    """Start a command whose processes carry the mark."""
    return subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env={**os.environ, MARK: mark, "PYTHONPATH": str(PROJECT_ROOT), **environment},
        text=True,
        stdout=output,
        stderr=subprocess.DEVNULL,
        # Not the group of the tests: an interruption is for the command alone.
        start_new_session=True,
    )


def send(started: subprocess.Popen, end: signal.Signals) -> None:
    """Send a kill or a termination to one process, as a program does, the others to its group, as a terminal does."""
    if end in (signal.SIGINT, signal.SIGHUP):
        os.killpg(started.pid, end)
    else:
        started.send_signal(end)
    started.wait()


def by_make(folder: Path, command: str) -> list[str]:
    """A makefile that calls a command as the project's does, in the place of make's shell."""
    makefile = folder / "Makefile"
    makefile.write_text(f"all:\n\t@cd {str(PROJECT_ROOT)!r} && exec {command}\n")
    return ["make", "-f", str(makefile)]


def dbt_of(mark: str) -> list[int]:
    return [process for process, line in processes(mark).items() if "dbt_process.py" in line]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("called", ["by itself", "by make"])
def test_dbt_ends_with_what_started_it(mark, tmp_path, called, end):
    """The kind in seconds: dbt's process under a parent that does nothing else."""
    parent = tmp_path / "parent.py"
    parent.write_text(
        "import subprocess\n"
        "from duebook.warehouse.calling_dbt import DBT_EXECUTABLE, tie_dbt_to_this_process\n"
        "tie_dbt_to_this_process()\n"
        f"subprocess.run([DBT_EXECUTABLE, 'parse', '--project-dir', {str(PROJECT_ROOT / 'dbt_project')!r},"
        f" '--profiles-dir', {str(PROJECT_ROOT / 'dbt_project')!r}, '--target-path', {str(tmp_path / 'target')!r}])\n"
    )
    command = f"{PYTHON} -m cli.make parent"
    command = by_make(tmp_path, command) if called == "by make" else command.split()
    started = start(mark, command, PYTHONPATH=f"{PROJECT_ROOT}:{tmp_path}")
    until(lambda: dbt_of(mark))
    send(started, end)
    until(lambda: not processes(mark))


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("called", ["by itself", "by make"])
def test_no_process_of_a_refresh_is_left_and_the_next_refresh_works(mark, tmp_path, called, end):
    home = tmp_path / "home"
    command = [*COMMAND, "--home", str(home)]
    if called == "by make":
        command = by_make(tmp_path, f"{PYTHON} -m cli.make refresh --home {str(home)!r}")
    started = start(mark, command)
    until(lambda: [line for line in processes(mark).values() if "dbt_process.py build" in line])
    send(started, end)
    until(lambda: not processes(mark))
    done = refresh(home)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_refresh_ended_after_each_stage_leaves_no_process_and_changes_nothing_of_the_next(mark, first, tmp_path, end):
    _, _, undisturbed = first
    home = tmp_path / "home"
    for stage in ("Prepare", "Load", "Check arrivals", "Transform", "Check hand over"):
        started = start(mark, [*COMMAND, "--home", str(home)], output=subprocess.PIPE)
        with started.stdout:
            wait_for(started, stage)
            send(started, end)
        until(lambda: not processes(mark))
    done = refresh(home)
    assert done.returncode == 0, done.stdout
    assert marts(Settings(home=home).published_file) == undisturbed


@pytest.fixture
def family(tmp_path, mark):
    """Start a family of processes as `make dev` starts Dagster's; returns what was started, once all are there."""
    code, ready = tmp_path / "family.py", tmp_path / "ready"
    code.write_text(FAMILY)
    dev = tmp_path / "development.py"
    dev.write_text(
        "import sys\n"
        "from cli.dev import run_as_group\n"
        f"sys.exit(run_as_group([sys.executable, {str(code)!r}, '3', {str(code)!r}, {str(ready)!r}]))\n"
    )

    def run(by: str) -> subprocess.Popen:
        command = f"{PYTHON} -m cli.make development"
        if by == "a script in the background":
            command = ["sh", "-c", f"trap '' INT; exec {command}"]
        else:
            command = by_make(tmp_path, command) if by == "make" else command.split()
        started = start(mark, command, PYTHONPATH=f"{PROJECT_ROOT}:{tmp_path}")
        until(ready.exists)
        return started

    return run


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("by", ["itself", "make"])
def test_no_process_of_dev_is_left(mark, family, by, end):
    started = family(by)
    assert len(processes(mark)) >= 5
    send(started, end)
    until(lambda: not processes(mark))


@pytest.mark.parametrize(
    ("by", "end"),
    [("itself", signal.SIGINT), ("itself", signal.SIGTERM), ("a script in the background", signal.SIGTERM)],
)
def test_an_interrupted_dev_ends_in_dagster_s_own_way(family, by, end):
    """The command that was started gets the interruption and says with which exit code it ends."""
    started = family(by)
    started.send_signal(end)
    assert started.wait(PATIENCE) == 7


def test_dev_ends_when_dagster_ends(mark, family):
    started = family("itself")
    first = next(process for process, line in processes(mark).items() if "family.py 3" in line)
    os.kill(first, signal.SIGKILL)
    assert started.wait() == 256 - signal.SIGKILL
    until(lambda: not processes(mark))
