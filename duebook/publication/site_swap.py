"""Swapping a dashboard in: what it loads first, then the page that names it.

Here: moving a site that was written elsewhere to where it is opened. Not here: what is in it (the package dashboard).

The page names a folder of its own for all it loads. So whoever opened the page before gets the files that belong to it
for as long as they are kept, and nobody gets a mixture.
"""

from pathlib import Path

from duebook.publication.record import sync
from duebook.publication.versions import remove_replaced
from duebook.refresh_log import utc_now

INDEX = "index.html"


def swap_site_in(draft: Path, folder: Path) -> None:
    """Replace the site in a folder by a draft on the same file system.

    Args:
        draft: holds `index.html` and the folder it names; it is empty afterwards.
        folder: where the site is opened.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for version in [path for path in draft.iterdir() if path.is_dir()]:
        for file in version.rglob("*"):
            sync(file)
        version.replace(folder / version.name)
    sync(draft / INDEX)
    (draft / INDEX).replace(folder / INDEX)
    sync(folder)
    remove_replaced(folder, utc_now())
