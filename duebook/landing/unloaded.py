"""Which landed files the next load would take, by their names alone: without hashing any, and without writing.

Not here: what a load takes (``arrivals``), which also knows renamed files and those that were replaced.
"""

from pathlib import Path

import duckdb

from duebook.contract import read_contract
from duebook.landing.files import LandingError, survey
from duebook.landing.registry import read_held
from duebook.settings import Settings


def unloaded_files(settings: Settings) -> list[Path]:
    """Return the landed files with names that none was loaded under; none where that can't be known.

    Args:
        settings: where the landing and the home are.
    """
    try:
        held = read_held(settings)
        found = survey(settings.landing, read_contract(), lambda line: None, is_whole=False)
    except (duckdb.Error, LandingError, OSError):
        # Whoever loads says why.
        return []
    return [file.path for file in found.files if file.name not in held]
