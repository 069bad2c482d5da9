"""Replaces the published dashboard: first the files a page loads, then the page itself.

Here: moving a finished site to the folder where it is opened. Not here: its content (the package dashboard).

Each version of the page loads all its files from a separate folder. So a browser that opened the old page still gets
its files, as long as they are kept, and never a mixture of two versions.
"""

from pathlib import Path

from duebook.on_disk import sync
from duebook.publication.reports import REPORTS, add_reports
from duebook.publication.versions import remove_replaced
from duebook.refresh_log import utc_now

INDEX = "index.html"


def swap_site_in(draft: Path, folder: Path) -> None:
    """Replace the site in a folder by a draft on the same file system.

    Args:
        draft: holds `index.html` and the folder it names, and may hold reports; it is empty afterwards.
        folder: where the site is opened.
    """
    folder.mkdir(parents=True, exist_ok=True)
    add_reports(draft, folder)
    for version in [path for path in draft.iterdir() if path.is_dir() and path.name != REPORTS]:
        for file in version.rglob("*"):
            sync(file)
        version.replace(folder / version.name)
    sync(draft / INDEX)
    (draft / INDEX).replace(folder / INDEX)
    sync(folder)
    remove_replaced(folder, utc_now())
