"""The command `duebook metrics`: MetricFlow's own commands over what was published.

Here: which project and which file they read. Not here: the metrics themselves (dbt_project/models/semantic/).
"""

import csv
import json
import os
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import redirect_stdout
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import click
import typer

from cli.arguments import AsJson, print_json, takes_settings
from cli.audited import log
from cli.exit_codes import CommandError, ExitCode
from duebook.audit import Event
from duebook.home import keep_from_others
from duebook.settings import DBT_PROJECT_DIR, Settings
from duebook.spelling import answer, did_you_mean, nearest
from duebook.warehouse.dbt_arguments import published_target
from duebook.warehouse.manifest import MANIFEST
from duebook.warehouse.parsing import finish_parsing

# MetricFlow's names: its time dimension, what joins an entity's name to a dimension's, and the ends of a time's name.
TIME = "metric_time"
LINK = "__"
GRAINS = ("day", "week", "month", "quarter", "year")
# The option of a query that writes its rows to a file.
TO_FILE = "--csv"
# How similar a first word must be to a metric to be taken for one: MetricFlow answers its misspelt commands.
A_METRIC = 0.8


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
        if said := wrong_names(words, known, known_groups()):
            raise CommandError("\n".join(said), ExitCode.USAGE)
    try:
        commands().main(args=words, prog_name="duebook metrics", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return ExitCode(wrong.exit_code)
    except click.Abort:
        raise KeyboardInterrupt from None
    if {"query", TO_FILE} <= {word.partition("=")[0] for word in words}:
        log(settings, Event.EXPORTED, "metrics", ", ".join(asked(words, "--metrics")))
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
    return dict(sorted((metric["name"], metric["label"] or "") for metric in _parsed()["metrics"]))


def known_groups() -> list[str]:
    """Read what dbt parsed that metrics can be grouped by: entities, dimensions of an entity, times."""
    names = {TIME}
    for model in _parsed()["semantic_models"]:
        names |= {entity["name"] for entity in model["entities"]}
        own = {entity["name"] for entity in model["entities"] if entity["type"] in ("primary", "unique")}
        own |= {model["primary_entity"]} - {None}
        names |= {f"{entity}{LINK}{dimension['name']}" for entity in own for dimension in model["dimensions"]}
    return sorted(names)


def wrong_names(words: Sequence[str], metrics: Collection[str], groups: Collection[str]) -> list[str]:
    """Say what is wrong with the names among MetricFlow's words, a sentence each; none: nothing is.

    Args:
        words: a command of MetricFlow, and its words.
        metrics: the names of metrics.
        groups: what they can be grouped by. MetricFlow itself checks what is reached by several entities.
    """
    if words and (meant := nearest(words[0], metrics, A_METRIC)):
        return [f"{words[0]} is no command of metrics: {did_you_mean(f'`duebook metrics query --metrics {meant}`')}"]
    unknown = [name for name in asked(words, "--metrics") if name not in metrics]
    said = [answer(name, metrics, "metric", "`duebook metrics` lists them") for name in unknown]
    listed = "`duebook metrics list dimensions --metrics <metric>` lists them"
    for name in asked(words, "--group-by"):
        group = name.removesuffix(f"{LINK}{name.split(LINK)[-1]}") if name.split(LINK)[-1] in GRAINS else name
        if group.lower() not in groups and group.count(LINK) < 2 and "(" not in name:
            said.append(answer(group, groups, "dimension or entity", listed))
    return said


def asked(words: Sequence[str], option: str) -> list[str]:
    """Return the names that an option gives, separated by commas (`--metrics=a,b` or `--metrics a,b`)."""
    split = " ".join(words).replace(f"{option}=", f"{option} ").split()
    values = [value for name, value in pairwise(split) if name == option]
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def _parsed() -> dict[str, Any]:
    return json.loads(MANIFEST.with_name("semantic_manifest.json").read_bytes())


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
