"""The command `duebook metrics`: MetricFlow's own commands over what was published.

Here: which project and which file they read. Not here: the metrics themselves (dbt_project/models/semantic/).
"""

import json
import os
import sys
from collections.abc import Sequence
from itertools import pairwise

import click

from cli.arguments import WrongSettingError, read_settings
from duebook.home import keep_from_others
from duebook.settings import DBT_PROJECT_DIR
from duebook.spelling import answer
from duebook.warehouse.dbt_arguments import published_target
from duebook.warehouse.manifest import MANIFEST
from duebook.warehouse.parsing import finish_parsing


def main(arguments: Sequence[str]) -> None:
    """List the metrics; or run one of MetricFlow's commands (`query`, `list`, ...) on the published marts, read only.

    Args:
        arguments: the command line without the program's name; none: the metrics are listed.

    Raises:
        SystemExit: a metric that is asked for isn't there; says which is meant.
    """
    if "--help" in arguments:
        commands().main(args=arguments, prog_name="duebook metrics")
    prepare()
    known = known_metrics()
    if not arguments:
        for name, label in sorted(known.items()):
            print(f"{name}  {label}")
        return
    unknown = [name for name in asked(arguments) if name not in known]
    if unknown:
        sys.exit("\n".join(answer(name, known, "metric", "`duebook metrics` lists them") for name in unknown))
    commands().main(args=arguments, prog_name="duebook metrics")


def known_metrics() -> dict[str, str]:
    """Read the metrics' names and labels from what dbt parsed."""
    parsed = json.loads(MANIFEST.with_name("semantic_manifest.json").read_bytes())
    return {metric["name"]: metric["label"] or "" for metric in parsed["metrics"]}


def asked(arguments: Sequence[str]) -> list[str]:
    """Name the metrics a query asks for (`--metrics=a,b` or `--metrics a,b`); none of another command."""
    if list(arguments[:1]) != ["query"]:
        return []
    words = " ".join(arguments).replace("--metrics=", "--metrics ").split()
    values = [value for option, value in pairwise(words) if option == "--metrics"]
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def prepare() -> None:
    """Tell MetricFlow, in this process's environment, where the project and the published file are.

    Raises:
        SystemExit: a setting is wrong, nothing is published yet, or dbt can't parse the project; says which.
    """
    try:
        settings = read_settings([])
        if not settings.published_file.exists():
            sys.exit(f"Nothing is published in {settings.home} yet: run `make refresh` first.")
        finish_parsing(settings)
    except (WrongSettingError, RuntimeError) as error:
        sys.exit(str(error))
    # MetricFlow and dbt write their logs into the home.
    keep_from_others(settings)
    os.environ |= {
        **published_target(settings),
        "DBT_PROJECT_DIR": str(DBT_PROJECT_DIR),
        "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR),
        "DBT_LOG_PATH": str(settings.dbt_dir.absolute()),
    }


def commands() -> click.Group:
    """MetricFlow's commands without what their own group does first: asking the package index for a newer release."""
    from dbt_metricflow.cli.main import cli

    return click.Group(commands=cli.commands, help="MetricFlow's commands on the published marts.")
