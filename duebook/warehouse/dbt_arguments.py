"""The arguments and environment variables of dbt.

Here: functions from settings and a day to arguments and variables; in the home they look for reference files only. Not
here: running dbt (orchestration), the meaning of the variables (the dbt project).
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from duebook.engines.engine import ON_DUCKDB
from duebook.reference import home_files
from duebook.settings import DBT_PLUGINS_DIR, Settings, marts_file_of

# Unit tests are left out: they test the SQL, not the data, and `make test` runs them. The output of dbt is in the
# refresh's own log; a second log, at debug level, would take a fifth of dbt's time.
DBT_ARGUMENTS = ["build", "--exclude-resource-type", "unit_test", "--log-level-file", "none"]
# Tests that landed data can't break: keys of staging and intermediate models, which follow from a group by or from the
# choice of one version of each row, and tests of reference data. Only a change of code or seeds can break them, and
# such a change leads to a full build.
ONLY_WITH_ALL = (
    "test_name:key_of,fqn:duebook.staging",
    "test_name:key_of,fqn:duebook.intermediate",
    "test_name:key_of,fqn:duebook.marts.restated",
    "resource_type:test,fqn:duebook.seeds",
    "resource_type:test,fqn:duebook.singular.reference",
)


def dbt_arguments(changed_since: Mapping[str, Any] | None) -> list[str]:
    """Return dbt's arguments: what it must build and test.

    Args:
        changed_since: what the warehouse holds already; None: nothing, so that everything is built and tested.
    """
    if changed_since is None:
        return [*DBT_ARGUMENTS]
    # Reference data haven't changed: a change leads to a full build. `empty`: otherwise a test of a mart that also
    # reads an intermediate table would be left out, together with the tests of that table.
    left_out = ["--exclude", " ".join(ONLY_WITH_ALL), "--indirect-selection", "empty"]
    return [*DBT_ARGUMENTS, "--exclude-resource-type", "seed", *left_out]


def variables(settings: Settings, day: date, changed_since: Mapping[str, Any] | None = None) -> str:
    """Return the dbt project's variables for one business day.

    Args:
        settings: the refresh's settings.
        day: the as-of day.
        changed_since: what the warehouse holds already, `file_number` and `as_of`; None: nothing.

    Returns:
        JSON, as --vars takes it. Settings that aren't set are left out, so that the dbt project's own defaults hold.
    """
    values = {
        "as_of_date": day.isoformat(),
        "known_as_of": settings.known_as_of and settings.known_as_of.isoformat(),
        "reporting_currency": settings.reporting_currency,
        "customers_are": settings.customers_are,
        "max_rate_age_days": settings.max_rate_age_days,
        "changed_since": changed_since,
        "home_reference": {seed: str(file) for seed, file in home_files(settings).items()} or None,
    }
    return json.dumps({name: value for name, value in values.items() if value is not None})


def dbt_environment(
    settings: Settings,
    day: date,
    warehouse_file: Path,
    changed_since: Mapping[str, Any] | None = None,
    of_engine: Mapping[str, str] = ON_DUCKDB,
) -> dict[str, str]:
    """Return the environment of dbt: the files it writes and reads, for its profile, and the project's variables.

    The variables are not on the command line, because dbt parses the whole project again whenever they differ there.

    Args:
        settings: the refresh's settings.
        day: the as-of day.
        warehouse_file: the DuckDB file dbt writes; the file of the marts is in the same folder.
        changed_since: what that file holds already, `file_number` and `as_of`; None: everything is built again.
        of_engine: what the profile needs for another engine than DuckDB.
    """
    return {
        "DUEBOOK_DBT_VARS": variables(settings, day, changed_since),
        "DUEBOOK_WAREHOUSE_FILE": str(warehouse_file.absolute()),
        "DUEBOOK_MARTS_FILE": str(marts_file_of(warehouse_file).absolute()),
        "DUEBOOK_LANDED_FILE": str(settings.landed_file.absolute()),
        "DUEBOOK_PUBLISHED_FILE": str(settings.published_file.absolute()),
        "DUEBOOK_THREADS": str(settings.threads),
        "DUEBOOK_MEMORY_LIMIT": settings.memory_limit or "",
        "DUEBOOK_DBT_PLUGINS": str(DBT_PLUGINS_DIR),
        **of_engine,
    }


def published_target(settings: Settings) -> dict[str, str]:
    """Return the environment for a dbt that only reads the current publication.

    Args:
        settings: of the home with the publication.
    """
    return {
        "DUEBOOK_DBT_TARGET": "published",
        "DUEBOOK_PUBLISHED_FILE": str(settings.published_file.absolute()),
        "DUEBOOK_DBT_PLUGINS": str(DBT_PLUGINS_DIR),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
