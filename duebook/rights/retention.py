"""Letting go of what is old: texts of contacts and surveys, of replaced versions of rows, publications of past days.

Settings say after how many months; without one, everything is kept. Months end with the month, so that values go once a
month: what models have built is then removed, and the build that follows is a full one. Here: the order of things. Not
here: which rows are old, and old rows that land again (duebook/landing/kept.py), clearing those that were loaded
(duebook/landing/erased.py), when it is done (orchestration).
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from duebook.audit import Event, record
from duebook.contract import read_contract
from duebook.landing.erased import Which, clear, count_rows, landed, tables_of
from duebook.landing.kept import first_kept, old_landed
from duebook.publication.erased import publications
from duebook.publication.record import RECORD_NAME, read_publication
from duebook.rights.erasing import remove_what_was_built
from duebook.settings import Settings


def let_go(settings: Settings, tell: Callable[[str], None]) -> dict[str, int]:
    """Clear and remove what is older than the settings keep; return how many rows or publications, by place.

    Args:
        settings: how long what is kept, and whose home; its lock is held, and no build is under way.
        tell: gets one line if anything was done.
    """
    done = _clear_old_rows(settings) | _remove_old_publications(settings)
    if done:
        said = ", ".join(f"{place} {count:,}" for place, count in done.items())
        tell(f"No longer kept: {said}.")
        _log(settings, Event.NO_LONGER_KEPT, done)
    return done


def _log(settings: Settings, event: Event, counts: Mapping[str, int]) -> None:
    """Log what goes, once before it does: of a refresh that is killed meanwhile that line stays."""
    record(settings, event, "refresh", f"as of {settings.as_of}", counts)


def _clear_old_rows(settings: Settings) -> dict[str, int]:
    if not settings.landed_file.exists() or not (
        settings.retention_activities or settings.retention_surveys or settings.retention_versions
    ):
        return {}
    contract = read_contract()
    with landed(settings) as con:
        # Rows in quarantine stay as they landed: how old one is may be what can't be read of it.
        which = Which(old_landed(settings, contract, set(tables_of(con))), "false")
        found = count_rows(con, which, settings, contract)
        old = {f"landed rows of {name}": count for name, count in found.items()}
        if old:
            _log(settings, Event.LETTING_GO, old)
            # Before the rows: of a run that is killed nothing is left that was made of what is cleared.
            remove_what_was_built(settings)
            clear(con, which, settings, contract)
    return old


def _remove_old_publications(settings: Settings) -> dict[str, int]:
    if not settings.retention_past_days:
        return {}
    day = first_kept(settings.as_of, settings.retention_past_days)
    past = [folder for folder in publications(settings) if folder != settings.published_dir]
    old = [folder for folder in past if read_publication(folder).as_of < day]
    counts = {"publications of past days": len(old)} if old else {}
    if counts:
        _log(settings, Event.LETTING_GO, counts)
    for folder in old:
        _remove_publication(folder)
    return counts


def _remove_publication(folder: Path) -> None:
    """Remove a publication, its record last: by that the next refresh finds what a killed one has left of it."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != RECORD_NAME:
            path.unlink()
    shutil.rmtree(folder)
