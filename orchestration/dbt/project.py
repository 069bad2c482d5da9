"""The dbt project as Dagster sees it, and the resource that runs it.

Here: the project, its manifest, and the program that is called as dbt. Not here: when the project is parsed again
(duebook/warehouse/parsing.py), which assets its models are (translator.py), how a refresh calls it (defs/models.py).
"""

from collections.abc import Sequence
from typing import Any

from dagster_dbt import DbtCliResource, DbtProject

from duebook.settings import DBT_PROJECT_DIR
from duebook.warehouse.calling_dbt import DBT_EXECUTABLE, tie_dbt_to_this_process
from duebook.warehouse.manifest import read_manifest


class DbtProcess(DbtCliResource):
    """dbt, always run as a separate process."""

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:
        # dagster-dbt would also load dbt's adapter and macros into this process, to count rows. We count rows in
        # another way. docs/upgrades.md says what this saves.
        return None


def dbt_resource() -> DbtProcess:
    """Return the resource. It starts the dbt of this Python environment, which ends when this process ends."""
    tie_dbt_to_this_process()
    return DbtProcess(project_dir=dbt_project(), dbt_executable=str(DBT_EXECUTABLE))


def dbt_project() -> DbtProject:
    """Return the dbt project as dagster-dbt's object; it must be parsed already (duebook/warehouse/parsing.py)."""
    return DbtProject(project_dir=DBT_PROJECT_DIR)


def attributed_manifest(project: DbtProject) -> dict[str, Any]:
    """Read a parsed project's manifest, and assign every test of several models to one of them.

    dagster-dbt shows a test as a check of its asset. Where dbt names no model (singular tests over several models),
    this is the last model or seed the test reads.
    """
    manifest = read_manifest(project.manifest_path.parent)
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and not node.get("attached_node"):
            read = [upstream for upstream in node["depends_on"]["nodes"] if upstream.startswith(("model.", "seed."))]
            node["attached_node"] = read[-1] if read else None
    return manifest
