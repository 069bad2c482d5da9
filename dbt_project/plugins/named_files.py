"""A plugin of dbt-duckdb: files the environment names are opened instead of those the profile names.

dbt parses the whole project anew whenever a path in its profile differs from last time: for another home, for a past
day that is built in a file of its own, and for the daily refresh after that. So the profile names the default home's
files, which never change, and says here which variable names another file for which database.
"""

import os
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError


class Plugin(BasePlugin):
    """Its configuration: environment variables, by the name of the database whose file they name."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Keep the configuration; overrides."""
        self._variables = plugin_config

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
