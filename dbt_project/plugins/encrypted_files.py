"""A plugin of dbt-duckdb: encrypted databases are opened with the key that the environment gives.

The key stands in no profile and no statement, for dbt keeps both. DuckDB takes it only where it attaches a file: an
encrypted warehouse is attached to a database in memory, and every cursor uses it. Without a key nothing is done here,
and nothing of Duebook's library is needed.
"""

import os
import sys
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin

PROJECT_ROOT = Path(__file__).resolve().parents[2]
IN_MEMORY = ":memory:"


class Plugin(BasePlugin):
    """Its configuration.

    `variables`: environment variables that hold the key, or name its file.
    `databases`: the attached databases that may be encrypted, beside the warehouse, which is if it is new.
    """

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Keep the configuration; overrides."""
        self._has_key = any(os.environ.get(variable) for variable in plugin_config["variables"])
        self._databases = plugin_config["databases"]
        self._warehouse: Path | None = None
        self._read: dict[str, Path] = {}
        if self._has_key and str(PROJECT_ROOT) not in sys.path:
            sys.path.append(str(PROJECT_ROOT))

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Open a database in memory in place of an encrypted warehouse; overrides."""
        if not self._has_key:
            return
        from duebook.encryption import is_encrypted

        warehouse = Path(creds.path)
        if creds.path != IN_MEMORY and (is_encrypted(warehouse) or not warehouse.exists()):
            self._warehouse, creds.path = warehouse.absolute(), IN_MEMORY
        if self._warehouse:
            # As beside a warehouse that isn't encrypted.
            config["temp_directory"] = f"{self._warehouse}.tmp"
        named = {one.alias: Path(one.path) for one in creds.attach or [] if one.alias in self._databases}
        self._read = {name: file for name, file in named.items() if is_encrypted(file)}

    def configure_connection(self, conn: Any) -> None:
        """Attach what is encrypted; dbt-duckdb leaves what is attached as it is; overrides."""
        if not self._has_key:
            return
        from duebook.database_files import attach

        for name, file in self._read.items():
            attach(conn, file, name)
        if self._warehouse:
            attach(conn, self._warehouse, self._warehouse.stem, read_only=False)

    def configure_cursor(self, cursor: Any) -> None:
        """Use the warehouse; overrides."""
        if self._warehouse:
            cursor.execute(f"use {self._warehouse.stem}.main")
