"""The views among the marts, in the DuckDB file that another engine's marts were copied into.

They are the parts of KPIs at every level: as a table the rows of all months would be many times the ledger's. So no
engine hands over their rows, and dbt makes them in DuckDB, over what was handed over, as it does where DuckDB builds.

Here: calling dbt for them. Not here: which of the marts are views (their configuration), when they are made
(duebook/engines/handing_over.py).
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import date
from tempfile import TemporaryDirectory

from duebook.engines.engine import EngineError
from duebook.engines.handing_over import Files
from duebook.settings import DBT_PROJECT_DIR, Settings
from duebook.warehouse.dbt_arguments import dbt_environment
from duebook.warehouse.dbt_failures import dbt_said
from duebook.warehouse.manifest import MANIFEST
from duebook.warehouse.parsing import DBT_EXECUTABLE, tie_dbt_to_this_process

PARTIAL_PARSE = "partial_parse.msgpack"


def make_views(settings: Settings, day: date, files: Files, names: Sequence[str]) -> None:
    """Have dbt make views among the marts, with their descriptions.

    Args:
        settings: the refresh's settings; the project has been parsed.
        day: the business day.
        files: what was handed over, where it stands now.
        names: of the views.

    Raises:
        EngineError: dbt failed; says why.
    """
    tie_dbt_to_this_process()
    marts = {"DUEBOOK_MARTS_FILE": str(files.marts.absolute())}
    with TemporaryDirectory(prefix="duebook views ") as target:
        # Parsing the project would be most of it.
        if (parsed := MANIFEST.parent / PARTIAL_PARSE).exists():
            shutil.copy(parsed, target)
        where = ["--project-dir", DBT_PROJECT_DIR, "--profiles-dir", DBT_PROJECT_DIR, "--target-path", target]
        how = ["--quiet", "--no-use-colors", "--log-level-file", "none"]
        done = subprocess.run(  # noqa: S603 (dbt of this environment)
            [DBT_EXECUTABLE, "run", *how, *where, "--select", *names],
            env=os.environ | dbt_environment(settings, day, files.personal) | marts,
            cwd=DBT_PROJECT_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if done.returncode:
        raise EngineError(f"dbt can't make the views among the marts: {' '.join(dbt_said(done.stdout).split())}")
