"""Where a benchmark works, and the programs it calls.

Here: paths, once, and the commands of Duebook as a user would type them. Not here: what is measured.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS_DIR = ROOT / "benchmarks" / "results"
SAMPLE_LANDING = ROOT / "seeds" / "sample_landing"
SAMPLE_LAST_DAY = date(2026, 6, 30)
DBT_PROJECT_DIR = ROOT / "dbt_project"
# Duebook's environment; the benchmark itself runs in a separate one (requirements.lock in this folder).
_INSTALLED = ROOT / ".venv" / "bin" / "python"
PYTHON = _INSTALLED if _INSTALLED.exists() else Path(sys.executable)
DBT = PYTHON.with_name("dbt")

# The setting a benchmark shares with a refresh: reports name it.
MEMORY_LIMIT = "DUEBOOK_MEMORY_LIMIT"
REPORTING_CURRENCY = "EUR"
FIRST_DAY, LAST_DAY = date(2021, 7, 1), date(2026, 6, 30)


@dataclass(frozen=True)
class Workplace:
    """The folder of one size: everything in it can be deleted.

    Attributes:
        folder: the folder.
        size: invoices, about.
        threads: how many every contestant may use.
    """

    folder: Path
    size: int
    threads: int

    @property
    def made_landing(self) -> Path:
        """The landing as generated: kept from run to run, never written to."""
        return self.folder / "made"

    @property
    def landing(self) -> Path:
        """The landing of this run: the made one and the days after it."""
        return self.folder / "landing"

    @property
    def home(self) -> Path:
        """The home that is refreshed day by day."""
        return self.folder / "home"

    @property
    def rebuilt_home(self) -> Path:
        """A home built at once from everything landed."""
        return self.folder / "home_rebuilt"

    @property
    def compiled(self) -> Path:
        """The models as SQL, for running them without dbt."""
        return self.folder / "compiled"

    @property
    def contest(self) -> Path:
        """What the contestants write; emptied before each."""
        return self.folder / "contest"

    @property
    def logs(self) -> Path:
        """What the called programs print."""
        return self.folder / "logs"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a called program: no setting but the benchmark's, and how much memory it may use."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("DUEBOOK_") or name == MEMORY_LIMIT
        }
        own = {
            "DUEBOOK_THREADS": str(self.threads),
            "POLARS_MAX_THREADS": str(self.threads),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        return kept | own | dict(more or {})


def warehouse_of(home: Path) -> Path:
    """The file dbt writes in a home."""
    return home / "warehouse" / "duebook.duckdb"


def landed_of(home: Path) -> Path:
    """The file the loader writes in a home."""
    return home / "warehouse" / "landing.duckdb"


def published_of(home: Path) -> Path:
    """The publication readers open in a home."""
    return home / "published" / "duebook.duckdb"


def refresh_command(landing: Path, home: Path, as_of: date) -> list[str]:
    """One refresh, as `make refresh` calls it."""
    options = {
        "landing": str(landing),
        "home": str(home),
        "as-of": as_of.isoformat(),
        "reporting-currency": REPORTING_CURRENCY,
    }
    return [str(PYTHON), "-m", "cli", "refresh", *(part for k, v in options.items() for part in (f"--{k}", v))]
