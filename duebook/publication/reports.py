"""The reports of refreshes: a page for each publication, which stays when the next one comes.

Here: their names, how many are kept, putting a new one in its place. Not here: what they show (the package dashboard).
They stand in the folder of the dashboard, so that it leads to them wherever it is opened or served.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from duebook.on_disk import sync
from duebook.publication.record import Publication
from duebook.publication.versions import VERSION, version_name

# In the folder of the dashboard.
REPORTS = "refreshes"
LIST = "index.html"
# More than a year of daily refreshes, each some 60 kB.
KEPT = 400
_NAME = re.compile(r"(\d{8}T\d{12})_as_of_(\d{4}-\d\d-\d\d)\.html")


def report_name(publication: Publication) -> str:
    """Return the file name of a publication's report."""
    return f"{version_name(publication.published_at)}_as_of_{publication.as_of}.html"


def report_of(publication: Publication, site: Path) -> str | None:
    """Return the name of the report that a publication has; None: none is kept.

    One that was published again from its own rows has that of the publication it was made from.

    Args:
        publication: its record.
        site: where its dashboard is opened.
    """
    known = ((name, *published_at_and_day(name)) for name in reports_in(site))
    return next((name for name, at, day in known if day == publication.as_of and at <= publication.published_at), None)


def published_at_and_day(name: str) -> tuple[datetime, date]:
    """Return when the publication of a report was made, and for which day."""
    made_at, day = _NAME.fullmatch(name).groups()
    return datetime.strptime(made_at, VERSION), date.fromisoformat(day)


def reports_in(site: Path) -> list[str]:
    """Return the names of the reports in the folder of a dashboard, newest first."""
    return newest_first(path.name for path in (site / REPORTS).glob("*.html"))


def newest_first(names: Iterable[str]) -> list[str]:
    """Return those of the names that are reports', newest first; what else is there isn't Duebook's."""
    return sorted(filter(_NAME.fullmatch, names), reverse=True)


def add_reports(draft: Path, site: Path) -> None:
    """Add the reports of a drafted dashboard to those of a published one, and remove the oldest above `KEPT`.

    Args:
        draft: the draft, on the same file system; its folder of reports is gone afterwards. It may have none.
        site: where the dashboard is opened.
    """
    if not (draft / REPORTS).exists():
        return
    folder = site / REPORTS
    folder.mkdir(exist_ok=True)
    # The list last: all that it names is there.
    for file in sorted((draft / REPORTS).iterdir(), key=lambda path: path.name == LIST):
        sync(file)
        file.replace(folder / file.name)
    (draft / REPORTS).rmdir()
    sync(folder)
    for name in reports_in(site)[KEPT:]:
        (folder / name).unlink(missing_ok=True)
