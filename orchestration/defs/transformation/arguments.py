"""What dbt is told on its command line and in its environment; pure functions.

Here: settings and a day in, arguments and variables out. Not here: running dbt (assets.py), what the variables mean
(the dbt project says).
"""

import json
from datetime import date
from pathlib import Path

from orchestration.settings import Settings


def dbt_arguments(settings: Settings, day: date) -> list[str]:
    """Say what dbt is to do for one business day.

    Unit tests are left out: they test the SQL, not the data, and `make test` runs them.

    Args:
        settings: the refresh's settings.
        day: the as-of day.

    Returns:
        Arguments after the program's name.
    """
    return ["build", "--exclude-resource-type", "unit_test", *variables(settings, day)]


def variables(settings: Settings, day: date) -> list[str]:
    """Say what the project's variables are for one business day.

    Args:
        settings: the refresh's settings.
        day: the as-of day.

    Returns:
        The option and its JSON. Settings that aren't set are left out, so that the dbt project's own defaults hold.
    """
    values = {
        "as_of_date": day.isoformat(),
        "known_as_of": settings.known_as_of and settings.known_as_of.isoformat(),
        "reporting_currency": settings.reporting_currency,
    }
    return ["--vars", json.dumps({name: value for name, value in values.items() if value is not None})]


def dbt_environment(settings: Settings, warehouse_file: Path) -> dict[str, str]:
    """Say which files dbt writes and reads, for its profile.

    Args:
        settings: the refresh's settings.
        warehouse_file: the DuckDB file dbt writes.
    """
    return {
        "DUEBOOK_WAREHOUSE_FILE": str(warehouse_file.absolute()),
        "DUEBOOK_LANDED_FILE": str(settings.landed_file.absolute()),
        "DUEBOOK_THREADS": str(settings.threads),
    }
