"""The dbt project as Dagster sees it, and the resource that runs it.

Here: where the project and its manifest are, and how the manifest is made anew. Not here: when (manifest.py), what
becomes of its models (translator.py), how a refresh calls it (assets.py).
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dagster_dbt import DbtCliResource, DbtProject
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from orchestration.defs.transformation.arguments import dbt_environment, variables
from orchestration.defs.transformation.dbt_process import PARENT_VARIABLE
from orchestration.defs.transformation.failures import dbt_said
from orchestration.defs.transformation.manifest import is_stale
from orchestration.settings import DBT_PROJECT_DIR, get_settings

DBT_EXECUTABLE = Path(__file__).with_name("dbt")


class DbtProcess(DbtCliResource):
    """dbt as a process of its own and only that."""

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:
        # dagster-dbt would load dbt's adapter and macros into this process too, to count rows with. We count them
        # ourselves, so these are two seconds saved, and one open handle fewer on the warehouse.
        return None


def dbt_resource() -> DbtProcess:
    """Make the resource; the dbt it starts is this Python's, and ends with this process."""
    os.environ["DUEBOOK_PYTHON"] = sys.executable
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    return DbtProcess(project_dir=DbtProject(project_dir=DBT_PROJECT_DIR), dbt_executable=str(DBT_EXECUTABLE))


def prepared_project() -> DbtProject:
    """Return the dbt project with a manifest that is as new as its files.

    `DbtProject.prepare_if_dev` prepares under `dagster dev` only; the refresh has to see an edited model too, and not
    pay for `dbt parse` when nothing was edited.

    Raises:
        RuntimeError: dbt can't parse the project; says where and why.
    """
    project = DbtProject(project_dir=DBT_PROJECT_DIR)
    if is_stale(project.manifest_path):
        # Parsed with the variables and files of the refresh to come, so that `dbt build` need not parse it all again.
        settings = get_settings()
        os.environ.update(dbt_environment(settings, settings.warehouse_file))
        arguments = ["parse", "--quiet", *variables(settings, settings.as_of)]
        try:
            dbt_resource().cli(arguments, target_path=project.target_path).wait()
        except DagsterDbtCliRuntimeError as error:
            raise RuntimeError(f"dbt can't parse the project: {dbt_said(error)}") from None
    return project


def read_manifest(project: DbtProject) -> dict[str, Any]:
    """Read a prepared project's manifest, with every test of several models given to one of them.

    dagster-dbt shows a test as a check of its asset; where dbt itself names none (singular tests over several models),
    it is the last model or seed the test reads.
    """
    manifest = json.loads(project.manifest_path.read_text(encoding="utf-8"))
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and not node.get("attached_node"):
            read = [upstream for upstream in node["depends_on"]["nodes"] if upstream.startswith(("model.", "seed."))]
            node["attached_node"] = read[-1] if read else None
    return manifest
