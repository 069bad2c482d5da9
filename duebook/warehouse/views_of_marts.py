"""The views among the marts, in the DuckDB file that another engine's marts were copied into.

They are the parts of KPIs at every level: as a table the rows of all months would be many times the ledger's. So no
engine hands over their rows, and dbt makes them in DuckDB, over what was handed over, as it does where DuckDB builds.

Here: calling dbt for them. Not here: which of the marts are views (their configuration), when they are made
(duebook/engines/handing_over.py).
"""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from duebook.engines.engine import EngineError
from duebook.engines.handing_over import Files
from duebook.settings import Settings
from duebook.warehouse.calling_dbt import start_dbt
from duebook.warehouse.dbt_arguments import dbt_environment
from duebook.warehouse.dbt_failures import dbt_said
from duebook.warehouse.manifest import MANIFEST, PARTIAL_PARSE


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
    environment = dbt_environment(settings, day, files.personal) | {"DUEBOOK_MARTS_FILE": str(files.marts.absolute())}
    with TemporaryDirectory(prefix="duebook views ") as folder:
        # Parsing the project would be most of it.
        if (parsed := MANIFEST.with_name(PARTIAL_PARSE)).exists():
            shutil.copy(parsed, folder)
        # The folder goes, and with it what dbt would write about the project, twice, in a third of its time.
        with start_dbt(["run", "--no-write-json", "--select", *names], Path(folder), environment) as dbt:
            output, _ = dbt.communicate()
    if dbt.returncode:
        raise EngineError(f"dbt can't make the views among the marts: {' '.join(dbt_said(output).split())}")
