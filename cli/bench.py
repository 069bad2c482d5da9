"""The command `duebook bench`.

Here: its options, and the environment it runs in. Not here: what is measured (benchmarks/).
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import folder
from cli.exit_codes import CommandError, ExitCode
from duebook.settings import DEFAULT_HOME, PROJECT_ROOT

# What only the benchmark needs is installed here, by `make bench`.
ENVIRONMENT = PROJECT_ROOT / ".venv-bench"


def run(
    size: Annotated[int, typer.Option(min=1, help="About this many invoices.")] = 100_000,
    parts: Annotated[str, typer.Option(help="Which parts to measure, spaces between; default: all.")] = "",
    days: Annotated[int, typer.Option(min=1, help="Daily refreshes after the full one.")] = 2,
    rebuild: Annotated[
        bool,
        typer.Option(
            help="Hold the last day against a new home; else against the full refresh, without comparing marts."
        ),
    ] = True,
    threads: Annotated[
        int | None, typer.Option(min=1, help="How many a contestant may use; default: as many as there are cores.")
    ] = None,
    work: Annotated[str, typer.Option(metavar="FOLDER", help="Folder for landings and homes.")] = str(
        DEFAULT_HOME / "benchmarks"
    ),
    results: Annotated[str, typer.Option(metavar="FOLDER", help="Folder for results.")] = str(
        PROJECT_ROOT / "benchmarks" / "results"
    ),
) -> ExitCode:
    """`make bench` installs what the benchmark needs, once. Ends with 1, too, where contestants disagree."""
    python = ENVIRONMENT / "bin" / "python"
    if Path(sys.prefix) != ENVIRONMENT and python.exists():
        os.environ["PYTHONPATH"] = str(PROJECT_ROOT)
        os.execv(python, [str(python), "-P", "-m", "cli", *sys.argv[1:]])  # noqa: S606 (the benchmark's own environment)
    try:
        from benchmarks.command import PARTS, measure, wrong_parts
        from benchmarks.workplace import Workplace
    except ModuleNotFoundError as missing:
        said = f"The benchmark needs {missing.name}, which is not installed: `make bench` installs it, and measures."
        raise CommandError(said) from None
    place = Workplace(folder("work", work) / str(size), size, threads or os.cpu_count() or 1)
    chosen = parts.split() or list(PARTS)
    if wrong := wrong_parts(chosen, place, rebuild=rebuild):
        raise CommandError(wrong, ExitCode.USAGE)
    went_well = measure(chosen, place, folder("results", results), days=days, rebuild=rebuild)
    return ExitCode.DONE if went_well else ExitCode.FAILED
