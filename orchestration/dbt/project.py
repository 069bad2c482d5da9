"""The dbt project as Dagster sees it, and the resource that runs it.

Here: the project, its manifest, and the program that stands for dbt. Not here: when the manifest is made anew
(duebook/warehouse/parsing.py), what becomes of its models (translator.py), how a refresh calls it (defs/models.py).
"""

from collections.abc import Sequence
from typing import Any

from dagster_dbt import DbtCliResource, DbtProject

from duebook.settings import DBT_PROJECT_DIR
from duebook.warehouse.manifest import read_manifest
from duebook.warehouse.parsing import DBT_EXECUTABLE, tie_dbt_to_this_process


class DbtProcess(DbtCliResource):
    """dbt as a process of its own and only that."""

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:
        # dagster-dbt would load dbt's adapter and macros into this process too, to count rows with. We count them
        # ourselves, so these are two seconds saved, and one open handle fewer on the warehouse.
        return None


def dbt_resource() -> DbtProcess:
    """Make the resource; the dbt it starts is this Python's, and ends with this process."""
    tie_dbt_to_this_process()
    return DbtProcess(project_dir=dbt_project(), dbt_executable=str(DBT_EXECUTABLE))


def dbt_project() -> DbtProject:
    """Return the dbt project as dagster-dbt has it; its manifest has been made (duebook/warehouse/parsing.py)."""
    return DbtProject(project_dir=DBT_PROJECT_DIR)


def attributed_manifest(project: DbtProject) -> dict[str, Any]:
    """Read a parsed project's manifest, with every test of several models given to one of them.

    dagster-dbt shows a test as a check of its asset; where dbt itself names none (singular tests over several models),
    it is the last model or seed the test reads.
    """
    manifest = read_manifest(project.manifest_path.parent)
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and not node.get("attached_node"):
            read = [upstream for upstream in node["depends_on"]["nodes"] if upstream.startswith(("model.", "seed."))]
            node["attached_node"] = read[-1] if read else None
    return manifest
