"""Running a program and watching what it takes: seconds, processor seconds, memory.

Here: one process and everything it starts, sampled while it runs. Not here: what its output means.
"""

import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks.failures import ProgramFailedError
from benchmarks.watched import Sample, Watched

SECONDS_BETWEEN_SAMPLES = 0.1


def watch(command: Sequence[str], environment: Mapping[str, str], log: Path, folder: Path | None = None) -> Watched:
    """Run a program to its end.

    Args:
        command: program and arguments.
        environment: all of its environment variables.
        log: file its output (both streams) is written to.
        folder: where it runs.

    Raises:
        ProgramFailedError: it failed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    watched = Watched()
    before, began = _children_cpu(), time.monotonic()
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(  # noqa: S603 (a contestant)
            command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process,
    ):
        sampler = threading.Thread(target=_sample, args=(process, began, watched.samples), daemon=True)
        sampler.start()
        for line in process.stdout:
            kept.write(line)
            watched.lines.append((time.monotonic() - began, line.rstrip("\n")))
        code = process.wait()
    watched.seconds = time.monotonic() - began
    sampler.join()
    watched.cpu_seconds = _children_cpu() - before
    if code != 0:
        last = "\n".join(line for _, line in watched.lines[-15:])
        raise ProgramFailedError(
            f"{' '.join(map(str, command))}\nended with exit code {code}:\n{last}\nFull log: {log}"
        )
    return watched


def _sample(process: subprocess.Popen, began: float, samples: list[Sample]) -> None:
    try:
        root = psutil.Process(process.pid)
    except psutil.NoSuchProcess:
        return
    while process.poll() is None:
        memory, cpu_seconds = 0, 0.0
        for member in [root, *_descendants(root)]:
            try:
                with member.oneshot():
                    times = member.cpu_times()
                    memory += member.memory_info().rss
                    # What its ended children took is counted with the parent, as the operating system does.
                    cpu_seconds += times.user + times.system + times.children_user + times.children_system
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        samples.append(Sample(time.monotonic() - began, memory, cpu_seconds))
        time.sleep(SECONDS_BETWEEN_SAMPLES)


def _descendants(root: psutil.Process) -> list[psutil.Process]:
    try:
        return root.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
