"""Keys of marts, from the dbt project's tests.

Here: reading them from dbt's manifest. Not here: checking them (the test `key_of` does, before anything is published).
"""

from collections.abc import Mapping
from typing import Any

KEY_TEST = "key_of"


def tested_keys(manifest: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the key columns of every model that has a test of its key, by model.

    Args:
        manifest: dbt's manifest.
    """
    return {
        manifest["nodes"][node["attached_node"]]["name"]: tuple(node["test_metadata"]["kwargs"]["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == KEY_TEST
    }
