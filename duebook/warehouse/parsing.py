"""Parses the dbt project into its manifest, if its files have changed.

Here: `dbt parse` at the same time as other work; a refresh starts it before it imports large libraries. Not here: when
the manifest is stale (manifest.py), what it is used for (orchestration).
"""

import os
import subprocess
import sys
from pathlib import Path

from duebook.settings import DBT_PROJECT_DIR, Settings
from duebook.warehouse.dbt_arguments import dbt_environment
from duebook.warehouse.dbt_failures import dbt_said
from duebook.warehouse.dbt_process import PARENT_VARIABLE
from duebook.warehouse.manifest import MANIFEST, is_stale, parsed_here

DBT_EXECUTABLE = Path(__file__).with_name("dbt")

_under_way: list[subprocess.Popen[str]] = []


def tie_dbt_to_this_process() -> None:
    """Set, for every dbt started from now on, its Python, and this process as the one it ends with."""
    os.environ["DUEBOOK_PYTHON"] = sys.executable
    os.environ[PARENT_VARIABLE] = str(os.getpid())


def begin_parsing(settings: Settings) -> None:
    """Start `dbt parse` if the manifest is stale and no parse is running; return at once."""
    if _under_way or not is_stale(MANIFEST):
        return
    tie_dbt_to_this_process()
    where = ["--project-dir", DBT_PROJECT_DIR, "--profiles-dir", DBT_PROJECT_DIR, "--target-path", MANIFEST.parent]
    how_much = [] if parsed_here(MANIFEST) else ["--no-partial-parse"]
    _under_way.append(
        subprocess.Popen(  # noqa: S603 (dbt of this environment)
            [DBT_EXECUTABLE, "parse", "--quiet", "--no-use-colors", "--log-level-file", "none", *how_much, *where],
            env=os.environ | dbt_environment(settings, settings.as_of, settings.warehouse_file),
            cwd=DBT_PROJECT_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    )


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
