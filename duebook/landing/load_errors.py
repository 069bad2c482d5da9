"""Failures of a load whose cause is outside the code, said in one line: the place, the cause, what to do.

Here: the one place that tells them by DuckDB's, dlt's and the operating system's words. Not here: what is wrong with a
landed file (``files``, ``reading``, ``checking`` say that themselves), a damaged landing database (``registry``).
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from duebook.home import HomeIsBusyError
from duebook.landing.listing import LandingError, shown
from duebook.settings import Settings

# What to do, by the operating system's number. Its words are looked for, too: DuckDB and dlt pass on only those.
NEXT_STEPS = {
    errno.ENOSPC: "free some room",
    errno.EDQUOT: "free some room, or have the quota raised",
    errno.EFBIG: "put the home (DUEBOOK_HOME) on a file system for larger files",
    errno.EROFS: "put the home (DUEBOOK_HOME) where it can be written",
    errno.EACCES: "give the account that refreshes the right to read and write there",
    errno.EPERM: "give the account that refreshes the right to read and write there",
    errno.EIO: "have the disk checked",
    errno.ESTALE: "mount the file system again",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "close other programs",
    errno.EEXIST: "move the file away that stands where a folder is needed",
    errno.ENOTDIR: "move the file away that stands where a folder is needed",
    errno.EISDIR: "move the folder away that stands where a file is needed",
    errno.ENAMETOOLONG: "put the home (DUEBOOK_HOME) and the landing under shorter paths",
    errno.ELOOP: "take the link away that leads to itself",
    errno.ENOENT: "put back what was taken away meanwhile",
    errno.ENOMEM: "close other programs",
}


@contextmanager
def told_in_one_line(settings: Settings) -> Iterator[None]:
    """Have failures whose cause is outside the code end in a ``LandingError`` that says so; others pass.

    Raises:
        LandingError: names the place, the cause and the next step.
    """
    try:
        yield
    except (LandingError, HomeIsBusyError):
        raise
    except Exception as error:
        if said := cause_outside(error, settings):
            raise LandingError(said) from error
        raise


def cause_outside(error: BaseException, settings: Settings) -> str | None:
    """Say what an error comes from, in one line, if that is nothing of the code's; else None."""
    for cause in _chain(error):
        if isinstance(cause, (MemoryError, duckdb.OutOfMemoryException)):
            return "There is not enough memory to load with: close other programs, and refresh again"
        number = cause.errno if isinstance(cause, OSError) else None
        if number is None:
            number = next((n for n in NEXT_STEPS if os.strerror(n) in str(cause)), None)
        if number is not None:
            place = getattr(cause, "filename", None) or settings.home
            step = NEXT_STEPS.get(number, "see to that")
            why = f"{shown(place)} can't be read or written: {os.strerror(number)}"
            return f"{why}. Nothing was loaded; {step}, and refresh again"
    return None


def first_line(error: BaseException) -> str:
    """What an error says, in one line: its innermost cause."""
    *_, cause = _chain(error)
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return f"{type(cause).__name__}: {lines[0]}" if lines else type(cause).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it comes from, each once."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
