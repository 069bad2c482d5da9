"""Calls dbt of this Python environment, as a process that ends with this one.

Here: starting it. Not here: what the process does differently from dbt's own command (dbt_process.py), what it is told
of a home (dbt_arguments.py), dbt as Dagster calls it (orchestration).
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from duebook.settings import DBT_PROJECT_DIR
from duebook.warehouse.dbt_process import PARENT_VARIABLE

DBT_EXECUTABLE = Path(__file__).with_name("dbt")


def tie_dbt_to_this_process() -> None:
    """Set, for every dbt started from now on, its Python, and this process as the one it ends with."""
    os.environ["DUEBOOK_PYTHON"] = sys.executable
    os.environ[PARENT_VARIABLE] = str(os.getpid())


def start_dbt(arguments: Sequence[str], target: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start dbt on the project; all it says comes by its standard output.

    Args:
        arguments: the command, and its options.
        target: the folder of what dbt writes about the project.
        environment: what the profile and the project read, as `dbt_environment` returns it.
    """
    tie_dbt_to_this_process()
    where = ["--project-dir", DBT_PROJECT_DIR, "--profiles-dir", DBT_PROJECT_DIR, "--target-path", target]
    return subprocess.Popen(  # noqa: S603 (dbt of this environment)
        [DBT_EXECUTABLE, *arguments, "--quiet", "--no-use-colors", "--log-level-file", "none", *where],
        env=os.environ | environment,
        cwd=DBT_PROJECT_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
