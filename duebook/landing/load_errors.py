"""Failures of a load whose cause is outside the code, reported in one line: the place, the cause, what to do.

Here: recognising them by the error messages of DuckDB, dlt and the operating system. Not here: faults of a landed file
(``files``, ``reading``, ``checking`` report them), a landing database that can't be opened (``registry``).
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from duebook.database_files import damage_of, is_damage
from duebook.encryption import EncryptionError
from duebook.home import HomeIsBusyError
from duebook.landing.listing import LandingError, shown
from duebook.raw_views import damaged_landing
from duebook.settings import Settings

# What to do, by the operating system's error number. Its text is searched for, too: DuckDB and dlt only pass on that.
NEXT_STEPS = {
    errno.ENOSPC: "free some disk space",
    errno.EDQUOT: "free some disk space, or have the quota raised",
    errno.EFBIG: "put the home (DUEBOOK_HOME) on a file system for larger files",
    errno.EROFS: "put the home (DUEBOOK_HOME) where it can be written",
    errno.EACCES: "give the account that refreshes the right to read and write there",
    errno.EPERM: "give the account that refreshes the right to read and write there",
    errno.EIO: "have the disk checked",
    errno.ESTALE: "mount the file system again",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "close other programs",
    errno.EEXIST: "a folder is needed there: move the file away",
    errno.ENOTDIR: "a folder is needed there: move the file away",
    errno.EISDIR: "a file is needed there: move the folder away",
    errno.ENAMETOOLONG: "put the home (DUEBOOK_HOME) and the landing under shorter paths",
    errno.ELOOP: "remove the link, which leads to itself",
    errno.ENOENT: "put back what was removed during the load",
    errno.ENOMEM: "close other programs",
}
# What DuckDB and Java say of it; and what SQLite says, where Dagster keeps its history.
TOO_LITTLE_MEMORY = ("Out of Memory Error", "OutOfMemoryError", "Cannot allocate memory")
FULL_DISK_OF_SQLITE, NO_WRITE_OF_SQLITE = "database or disk is full", "disk I/O error"
ASK_THE_DOCTOR = "A database of the home is damaged: `make doctor` says which, and what to do. Then refresh again"
# Of these a command says no more than that: whatever it was about to do, the code is not to blame.
OF_RIGHTS_OR_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


@contextmanager
def failures_in_one_line(settings: Settings) -> Iterator[None]:
    """Turn failures whose cause is outside the code into a ``LandingError``; other errors are raised unchanged.

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
    """Return the cause of an error and what to do, in one line, if the cause is outside the code; else None."""
    for cause in _chain(error):
        if isinstance(cause, EncryptionError):
            return str(cause)
        if isinstance(cause, duckdb.Error) and is_damage(cause) and (why := damage_of(settings.landed_file)):
            return damaged_landing(settings, why)
        if isinstance(cause, (MemoryError, duckdb.OutOfMemoryException)):
            return "There is not enough memory to load: close other programs, and refresh again"
        number = cause.errno if isinstance(cause, OSError) else None
        if number is None:
            number = next((n for n in NEXT_STEPS if os.strerror(n) in str(cause)), None)
        if number is not None:
            place = getattr(cause, "filename", None) or settings.home
            step = NEXT_STEPS.get(number, "fix the cause")
            why = f"{shown(place)} can't be read or written: {os.strerror(number)}"
            return f"{why}. Nothing was loaded; {step}, and refresh again"
    return None


def refused_by_the_system(error: OSError) -> str | None:
    """Return what rights or the disk have against a command and what to do, in one line; None of any other error.

    Args:
        error: it has no other cause.
    """
    if error.errno not in OF_RIGHTS_OR_DISK or not error.filename:
        return None
    why = f"{shown(error.filename)} can't be read or written: {os.strerror(error.errno)}"
    return f"{why}; {NEXT_STEPS[error.errno]}, and try again"


def what_to_do(said: str) -> str | None:
    """Return what to do about the rights, the disk or the memory that a tool's message names.

    Args:
        said: the message; of several lines, if need be.

    Returns:
        One sentence without its full stop. None where the message names none of these, or says already what to do.
    """
    if "refresh again" in said:
        return None
    if any(words in said for words in TOO_LITTLE_MEMORY):
        return (
            "There is too little memory: give DuckDB or Spark more of it (MEMORY_LIMIT), or leave MEMORY_LIMIT out; "
            "fewer THREADS need less, too. Then refresh again"
        )
    if is_damage(said):
        return None if "is damaged" in said or "builds the whole" in said else ASK_THE_DOCTOR
    if NO_WRITE_OF_SQLITE in said:
        return "Dagster's history can't be written: free some disk space, or have the disk checked, and refresh again"
    number = errno.ENOSPC if FULL_DISK_OF_SQLITE in said else None
    number = number or next((one for one in sorted(OF_RIGHTS_OR_DISK) if os.strerror(one) in said), None)
    return number and f"{os.strerror(number)}: {NEXT_STEPS[number]}, and refresh again"


def first_line(error: BaseException) -> str:
    """Return type and message of an error's innermost cause, in one line."""
    *_, cause = _chain(error)
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return f"{type(cause).__name__}: {lines[0]}" if lines else type(cause).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, then its cause, the cause of that, and so on, each once."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
