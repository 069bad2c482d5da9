"""Parses the dbt project into its manifest, if its files have changed.

Here: `dbt parse` at the same time as other work; a refresh starts it before it imports large libraries. Not here: when
the manifest is stale (manifest.py), what it is used for (orchestration).
"""

import subprocess

from duebook.settings import Settings
from duebook.warehouse.calling_dbt import start_dbt
from duebook.warehouse.dbt_arguments import dbt_environment
from duebook.warehouse.dbt_failures import dbt_said
from duebook.warehouse.manifest import MANIFEST, is_stale, parsed_here

_under_way: list[subprocess.Popen[str]] = []


def begin_parsing(settings: Settings) -> None:
    """Start `dbt parse` if the manifest is stale and no parse is running; return at once."""
    if _under_way or not is_stale(MANIFEST):
        return
    how_much = [] if parsed_here(MANIFEST) else ["--no-partial-parse"]
    environment = dbt_environment(settings, settings.as_of, settings.warehouse_file)
    _under_way.append(start_dbt(["parse", *how_much], MANIFEST.parent, environment))


def finish_parsing(settings: Settings) -> None:
    """Wait until the manifest is as new as its files.

    Raises:
        RuntimeError: dbt can't parse the project; says where and why.
    """
    begin_parsing(settings)
    if not _under_way:
        return
    output, _ = _under_way[0].communicate()
    if _under_way.pop().returncode:
        raise RuntimeError(f"dbt can't parse the project: {dbt_said(output)}")
