"""A plugin of dbt-duckdb: files the environment names are opened instead of those the profile names.

dbt parses the whole project anew whenever a path in its profile differs from last time: for another home, for a past
day that is built in a file of its own, and for the daily refresh after that. So the profile names the default home's
files, which never change, and says here which variable names another file for which database.

A database that is only read and may not be there yet (what is published, before anything is) is an empty one then.
"""

import os
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

IN_MEMORY = ":memory:"


class Plugin(BasePlugin):
    """Its configuration.

    `variables`: environment variables, by the name of the database whose file they name.
    `may_be_missing`: databases that are empty where there is no such file.
    """

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Keep the configuration; overrides."""
        self._variables = plugin_config["variables"]
        self._may_be_missing = plugin_config.get("may_be_missing", [])

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Put the named files in place of the profile's, before they are opened; overrides.

        Raises:
            DbtRuntimeError: the warehouse's file isn't named like its database, by which the models know it.
        """
        files = {database: os.environ.get(variable) for database, variable in self._variables.items()}
        database = creds.path_derived_database_name(creds.path)
        if file := files.get(database):
            if creds.path_derived_database_name(file) != database:
                raise DbtRuntimeError(
                    f"{self._variables[database]} names {file}: the models expect a file called {database}.duckdb."
                )
            creds.path = file
        for attachment in creds.attach or []:
            attachment.path = files.get(attachment.alias) or attachment.path
            if attachment.alias in self._may_be_missing and not Path(attachment.path).exists():
                # DuckDB makes none that can only be read.
                attachment.path, attachment.read_only = IN_MEMORY, False
