"""What make calls: a command of the project, with the make variables that are options of it.

The variables come through the environment, so that no shell reads their values; ``ARGS`` alone is further words of the
command line, split here as a shell would and run by none. A make that is killed can't hand that on: what it calls ends
with it. Not here: the settings, which every command reads itself.
"""

import os
import runpy
import shlex
import sys
from collections.abc import Mapping

from cli.main import COMMANDS, app
from duebook.telemetry import switch_telemetry_off
from duebook.warehouse.dbt_process import end_with_parent

_OF_SOURCES = {"ADAPTER": "--adapter", "SOURCE": "--source", "MAPPING": "--mapping", "OPTIONS": "--options"}
_OF_PERSON = {"CUSTOMER": "--customer", "EMPLOYEE": "--employee"}
# By what is run: the option each make variable gives its value to. What isn't given is left to the command.
OPTIONS = {
    "explain": {
        "KPI": "--kpi",
        "MONTH": "--month",
        "LEVEL": "--level",
        "CUSTOMER": "--customer",
        "INVOICE": "--invoice",
        "TOP": "--top",
        "FORMAT": "--format",
        "AS_OF": "--as-of",
    },
    "statement": {
        "CUSTOMER": "--customer",
        "SEGMENT": "--segment",
        "FROM": "--from",
        "TO": "--to",
        "FORM": "--form",
        "OUTPUT": "--output",
        "FORMAT": "--format",
    },
    "land": _OF_SOURCES,
    "try": _OF_SOURCES | {"KEEP": "--keep"},
    "adapter-check": _OF_SOURCES,
    "adapter-guess": {"FILE": "--file", "GRAIN": "--grain", "OUTPUT": "--output"},
    "adapter": {"NAME": "--name"},
    "metrics": {"METRICS": "--metrics", "GROUP_BY": "--group-by"},
    "quarantine": {"TABLE": "--table", "RULE": "--rule", "WRITE": "--write"},
    "erase": _OF_PERSON,
    "subject": _OF_PERSON | {"WRITE": "--write"},
    "sbom": {"OUTPUT": "--output"},
    "audit": {"ADVISORIES": "--advisories"},
    "bench": {"SIZE": "--size", "PARTS": "--parts", "DAYS": "--days", "BENCH_DIR": "--work"},
}
TAKE_FURTHER_WORDS = {"dashboard", "dev", "metrics", "pytest"}
METRICS_ARE_BY = "metric_time__month"
NO = {"no", "0", "false"}


def words(command: str, given: Mapping[str, str]) -> list[str]:
    """Say what a command is called with.

    Args:
        command: the command of duebook, or the module, that is run.
        given: make's variables.

    Raises:
        ValueError: ARGS can't be split into words.
    """
    given = {name: value for name, value in given.items() if value}
    first = []
    if command == "metrics":
        if "METRICS" in given:
            first, given = ["query"], {"GROUP_BY": METRICS_ARE_BY, **given}
        else:
            first, given = [], {name: value for name, value in given.items() if name == "ARGS"}
    options = [f"{option}={given[name]}" for name, option in OPTIONS.get(command, {}).items() if name in given]
    if command == "bench" and given.get("REBUILD") in NO:
        options.append("--no-rebuild")
    if command == "quarantine" and given.get("WAITING", "no") not in NO:
        options.append("--waiting")
    if command == "erase" and given.get("YES", "no") not in NO:
        options.append("--yes")
    further = shlex.split(given.get("ARGS", "")) if command in TAKE_FURTHER_WORDS else []
    return [*first, *options, *further]


def main() -> None:
    """Run the command the command line names, of duebook or a module, with its own words first.

    Raises:
        SystemExit: ARGS can't be split into words.
    """
    switch_telemetry_off()
    command, *own = sys.argv[1:]
    try:
        further = words(command, os.environ)
    except ValueError as wrong:
        print(f"ARGS is {os.environ['ARGS']!r}: expected words as a shell has them ({wrong}).", file=sys.stderr)
        sys.exit(2)
    end_with_parent(os.getppid())
    if command in COMMANDS:
        app([command, *own, *further], prog_name="duebook")
    sys.argv = [command, *own, *further]
    runpy.run_module(command, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
