"""The command `duebook metrics`: MetricFlow's own commands over what was published.

Here: which project and which file they read. Not here: the metrics themselves (dbt_project/models/semantic/).
"""

import csv
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import click
import typer

from cli.arguments import AsJson, print_json, takes_settings
from cli.exit_codes import CommandError, ExitCode
from duebook.home import keep_from_others
from duebook.settings import DBT_PROJECT_DIR, Settings
from duebook.spelling import answer
from duebook.warehouse.dbt_arguments import published_target
from duebook.warehouse.manifest import MANIFEST
from duebook.warehouse.parsing import finish_parsing


@takes_settings("home")
def run(
    settings: Settings,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[query|list|... WORDS]", help="A command of MetricFlow, and its words.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> ExitCode:
    """Without words the metrics are listed. `query --metrics dso,cei --group-by metric_time__month` asks for some, and
    `query --json` prints them as JSON; `query --help` says what else it takes. MetricFlow's other commands: list,
    health-checks, validate-configs.
    """
    words = words or []
    # Asking what a command takes needs no publication.
    if "--help" not in words:
        prepare(settings)
        known = known_metrics()
        if not words:
            list_metrics(known, as_json)
            return ExitCode.DONE
        if unknown := [name for name in asked(words) if name not in known]:
            said = "\n".join(answer(name, known, "metric", "`duebook metrics` lists them") for name in unknown)
            raise CommandError(said, ExitCode.USAGE)
    try:
        commands().main(args=words, prog_name="duebook metrics", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return ExitCode(wrong.exit_code)
    except click.Abort:
        raise KeyboardInterrupt from None
    return ExitCode.DONE


# What stands after a command of MetricFlow's is for that one.
run.context_settings = {"allow_interspersed_args": False, "ignore_unknown_options": False}


def list_metrics(known: Mapping[str, str], as_json: bool) -> None:
    """Print every metric's name and what it is called."""
    if as_json:
        print_json([{"name": name, "label": label} for name, label in known.items()])
        return
    for name, label in known.items():
        print(f"{name}  {label}")


def known_metrics() -> dict[str, str]:
    """Read the metrics' names and labels from what dbt parsed, in order of their names."""
    parsed = json.loads(MANIFEST.with_name("semantic_manifest.json").read_bytes())
    return dict(sorted((metric["name"], metric["label"] or "") for metric in parsed["metrics"]))


def asked(arguments: Sequence[str]) -> list[str]:
    """Name the metrics a query asks for (`--metrics=a,b` or `--metrics a,b`); none of another command."""
    if list(arguments[:1]) != ["query"]:
        return []
    words = " ".join(arguments).replace("--metrics=", "--metrics ").split()
    values = [value for option, value in pairwise(words) if option == "--metrics"]
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def prepare(settings: Settings) -> None:
    """Tell MetricFlow, in this process's environment, where the project and the published file are.

    Raises:
        CommandError: nothing is published yet, or dbt can't parse the project; says which.
    """
    if not settings.published_file.exists():
        raise CommandError(f"Nothing is published in {settings.home} yet: run `make refresh` first.")
    try:
        finish_parsing(settings)
    except RuntimeError as error:
        raise CommandError(error) from None
    # MetricFlow and dbt write their logs into the home.
    keep_from_others(settings)
    os.environ |= {
        **published_target(settings),
        "DBT_PROJECT_DIR": str(DBT_PROJECT_DIR),
        "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR),
        "DBT_LOG_PATH": str(settings.dbt_dir.absolute()),
    }


def commands() -> click.Group:
    """MetricFlow's commands without what their own group does first: asking the package index for a newer release.

    Its `query` takes `--json`, too.
    """
    from dbt_metricflow.cli.main import cli

    query = cli.commands["query"]
    print_table = query.callback

    def print_as_asked(as_json: bool, **given: Any) -> None:
        if not as_json:
            print_table(**given)
            return
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "answer.csv"
            with redirect_stdout(sys.stderr):
                print_table(**given | {"csv": file, "quiet": True})
            print_json(_rows(file))

    as_json = click.Option(["--json", "as_json"], is_flag=True, help="Print the rows as one JSON document.")
    own = click.Command("query", None, print_as_asked, [*query.params, as_json], query.help)
    return click.Group(commands={**cli.commands, "query": own}, help="MetricFlow's commands on the published marts.")


def _rows(file: Path) -> list[dict[str, Any]]:
    """Read an answer: metrics are numbers, or null; what they are grouped by is text. No file: there are no rows."""
    if not file.exists():
        return []
    known = known_metrics()
    with file.open(encoding="utf-8", newline="") as stream:
        return [
            {name: (float(cell) if cell else None) if name in known else cell for name, cell in row.items()}
            for row in csv.DictReader(stream)
        ]
