"""Where the marts of a business day are built and published.

Here: deciding whether a day is current or past. Not here: paths (settings), building and publishing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duebook.publication.record import read_publication
from duebook.settings import Settings, marts_file_of


@dataclass(frozen=True)
class Target:
    """One business day: the files dbt writes, and the folder and file readers open.

    `is_past`: the day is before the published one (or is built as it was known on an earlier day). It is built in a
    separate file and published in a separate folder; it never replaces the current publication.
    """

    day: date
    warehouse_file: Path
    published_dir: Path
    published_file: Path
    is_past: bool

    @property
    def marts_file(self) -> Path:
        """The file that is published: dbt writes only the marts into it."""
        return marts_file_of(self.warehouse_file)


def targets_of(settings: Settings, days: Sequence[date]) -> list[Target]:
    """Return where each business day of a run is built and published, oldest day first.

    A day is past if the current publication is for a later day, if the same run builds a later day, or if `known_as_of`
    is set.

    Args:
        settings: the refresh's settings.
        days: the run's business days, in any order.
    """
    current = read_publication(settings.published_dir)
    newest = max([*days, *([current.as_of] if current else [])], default=None)
    return [_target(settings, day, is_past=day != newest or settings.known_as_of is not None) for day in sorted(days)]


def _target(settings: Settings, day: date, *, is_past: bool) -> Target:
    if not is_past:
        return Target(day, settings.warehouse_file, settings.published_dir, settings.published_file, is_past)
    folder = settings.past_published_dir(day)
    return Target(day, settings.past_warehouse_file(day), folder, folder / settings.published_file.name, is_past)
