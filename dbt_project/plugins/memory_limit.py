"""A plugin of dbt-duckdb: the environment says how much memory DuckDB may use, beyond which it spills to disk.

Not in the profile itself, because dbt parses the whole project anew when a value of its profile differs from last time.
"""

import os
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin


class Plugin(BasePlugin):
    """Its configuration: `variable`, the environment variable that says it; unset: DuckDB's own limit."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Keep the configuration; overrides."""
        self._variable = plugin_config["variable"]

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Put the limit among the options the warehouse is opened with; overrides."""
        if limit := os.environ.get(self._variable):
            config["memory_limit"] = limit
