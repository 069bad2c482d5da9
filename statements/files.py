"""Statements as files: one page of one customer, or a new folder with one page a customer.

Here: names of files, rights, nothing written over. Not here: what a page has (page.py).
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from statements.answer import Statement
from statements.page import page_of
from statements.question import Period

# A statement names a customer, and may have its address: it is for who asked for it, who may give it to others.
FILE_MODE, FOLDER_MODE = 0o600, 0o700
SAFE, LONGEST, HASHED = re.compile(r"[A-Za-z0-9_-]+"), 60, 10
SAID_EVERY = 500


class NotEmptyError(FileExistsError):
    """What is to be written is there already; the message says what to do."""


@dataclass(frozen=True)
class Written:
    """A customer's file."""

    customer_id: str
    file: Path


def file_name(customer_id: str, period: Period, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """Return the name of a customer's file: safe on every file system, whatever the id is, and nobody else's.

    Args:
        customer_id: the id; as it is where it may be, otherwise what may be of it, and a hash.
        period: the days.
        taken: names that are taken, in lower case: some file systems don't tell `c1` from `C1`.
    """
    safe = "_".join(SAFE.findall(customer_id))[:LONGEST]
    hashed = hashlib.sha256(customer_id.encode()).hexdigest()[:HASHED]
    names = [f"statement_{safe}"] if safe == customer_id else []
    names.append(f"statement_{safe}-{hashed}")
    days = f"_{period.first}_{period.last}.html"
    return next(name for name in (one + days for one in names) if name.lower() not in taken)


def write_one(statement: Statement, form: str, place: Path) -> Path:
    """Write a statement.

    Args:
        statement: what it has.
        form: of the page.
        place: the file; or a folder that is there, in which it gets its name.

    Returns:
        The file.

    Raises:
        NotEmptyError: it is there already.
        OSError: it can't be written.
    """
    period = Period(statement.first_day, statement.last_day)
    file = place / file_name(statement.customer_id, period) if place.is_dir() else place
    if file.exists():
        raise NotEmptyError(f"{file} is there already: name another file.")
    _write(file, page_of(statement, form))
    return file


def write_all(
    statements: Iterator[Statement], form: str, folder: Path, tell: Callable[[int], None]
) -> tuple[list[Written], int]:
    """Write a folder of statements, whole or not at all; none of customers with nothing to say.

    Args:
        statements: what they have.
        form: of the pages.
        folder: one that isn't there, or is empty.
        tell: told how many customers are done, now and then.

    Returns:
        What was written, and how many customers had neither a balance nor movements.

    Raises:
        NotEmptyError: something is in the folder.
        OSError: it can't be written.
    """
    refuse_what_is_there(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".statements-", dir=folder.parent))
    written, empty, taken = [], 0, set()
    try:
        draft.chmod(FOLDER_MODE)
        for done, statement in enumerate(statements, start=1):
            if all(account.is_empty for account in statement.accounts):
                empty += 1
            else:
                name = file_name(statement.customer_id, Period(statement.first_day, statement.last_day), taken)
                taken.add(name.lower())
                _write(draft / name, page_of(statement, form))
                written.append(Written(statement.customer_id, folder / name))
            if done % SAID_EVERY == 0:
                tell(done)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written, empty


def refuse_what_is_there(folder: Path) -> None:
    """Look whether a folder is new, or empty.

    Raises:
        NotEmptyError: it isn't.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise NotEmptyError(f"{folder} is there already, and not an empty folder: name a new one.")


def _write(file: Path, page: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(page)
    except OSError:
        # Half a statement would be taken for one.
        file.unlink(missing_ok=True)
        raise
