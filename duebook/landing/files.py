"""The files of a landing: the table each belongs to, and the hash of its content.

Not here: reading a file's rows (``reading``), listing the folders of a landing (``listing``).
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from duebook.contract import Contract, Table
from duebook.landing.listing import LandingError, shown, visible_files
from duebook.spelling import did_you_mean, nearest
from duebook.words import counted

ENDINGS = (".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz")
# What to do with files that are often landed by mistake.
ADVICE = dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"), "save it as CSV (UTF-8, with commas) and land that")
ADVICE |= dict.fromkeys((".txt", ".tsv", ".dat"), "if it holds rows, save it as CSV (UTF-8, with commas) and land that")
ADVICE |= dict.fromkeys((".zip", ".bz2", ".xz", ".zst", ".7z", ".tar", ".tgz"), "unpack it, or pack it with gzip")
ADVICE |= {".json": "write one JSON object a line and call it .jsonl", ".gz": "call it .csv.gz or .jsonl.gz"}
# What content is known by: its table, its kind (csv, jsonl or parquet), and a hash.
Content = tuple[str, str, str]
# How similar the name of a folder and of a table must be for the table to be suggested (0 to 1).
_ALIKE = 0.75


class LandingBusyError(LandingError):
    """Another program has the landing database open: trying again later may help."""


@dataclass(frozen=True)
class LandedFile:
    """One landed file.

    ``name`` is its path relative to the landing with ``/`` between the parts; ``ending`` is one of ``ENDINGS``.
    """

    table: Table
    path: Path
    name: str
    ending: str

    @property
    def kind(self) -> str:
        """csv, jsonl or parquet, packed or not."""
        return kind_of(self.name)

    @property
    def is_packed(self) -> bool:
        """Whether its bytes are those of a gzip file."""
        return self.ending.endswith(".gz")

    def content_hash(self) -> str:
        """SHA-256 of the file's bytes, as hexadecimal digits.

        Raises:
            LandingError: the file can't be read.
        """
        with self._reading() as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def state(self) -> tuple[int, int]:
        """Size and time of the last change; if one of them differs, the file has changed.

        Raises:
            LandingError: the file can't be read.
        """
        with self._reading() as stream:
            stat = os.fstat(stream.fileno())
        return stat.st_size, stat.st_mtime_ns

    @contextmanager
    def _reading(self) -> Iterator[BinaryIO]:
        try:
            with self.path.open("rb") as stream:
                yield stream
        except OSError as error:
            leads_nowhere = self.path.is_symlink() and not self.path.exists()
            why = f"it is a link to {self.path.readlink()}, which doesn't exist" if leads_nowhere else error.strerror
            raise LandingError(f"{self.name} can't be read: {why}") from error


def find_files(landing: Path, contract: Contract, log: Callable[[str], None]) -> list[LandedFile]:
    """Return every file of a landing that belongs to a table, in natural order of its path (load_2 before load_10).

    Files in other folders, or with another ending, are named in a warning line; hidden files are ignored.

    Raises:
        LandingError: there is no such folder, it can't be listed, a file of a table is no regular file of the
            landing's, or a required table has no file in it; a line for each.
    """
    found = survey(landing, contract, log)
    if found.faults:
        raise LandingError("\n".join(found.faults))
    return found.files


@dataclass(frozen=True)
class IgnoredFile:
    """A file that is not loaded: its path relative to the landing, what to do, and the table it may be meant for."""

    name: str
    advice: str
    meant: Table | None


@dataclass(frozen=True)
class Survey:
    """What a landing holds: the files of tables, in natural order, a line for every fault, and what is ignored."""

    files: list[LandedFile]
    faults: list[str]
    ignored: list[IgnoredFile]


def survey(landing: Path, contract: Contract, log: Callable[[str], None], *, is_whole: bool = True) -> Survey:
    """Return the files of a landing and all faults that would stop a load, without opening a file.

    Args:
        landing: the folder.
        contract: the tables.
        log: gets warnings.
        is_whole: a required table without a file is a fault; without it, the others may be landed beside.

    Raises:
        LandingError: there is no such folder.
    """
    # If the landing exists but can't be read, the listing reports it.
    if landing.is_file():
        raise LandingError(f"{landing} is a file: set DUEBOOK_LANDING to the folder of landed files")
    if not landing.exists():
        raise LandingError(f"there is no landing at {landing}: set DUEBOOK_LANDING to the folder of landed files")
    found: list[LandedFile] = []
    faults: list[str] = []
    landed: set[Table | None] = set()
    all_is_listed = True
    ignored: list[IgnoredFile] = []
    tables = {(table.domain, table.name): table for table in contract.tables}
    for file in visible_files(landing):
        relative = file.path.relative_to(landing)
        table = tables.get(relative.parts[:2]) if len(relative.parts) == 3 else None
        ending = ending_of(relative.name)
        landed.add(table)
        if not file.is_listed:
            all_is_listed = False
            faults.append(file.fault)
        elif of_place := [
            one for one in contract.tables if relative.parts == (one.domain, one.name)[: len(relative.parts)]
        ]:
            landed.update(of_place)
            faults.append(file.fault or _no_folder(file.path, relative))
        elif table is None:
            ignored.append(_astray(relative, contract))
        elif ending is None:
            ignored.append(IgnoredFile(relative.as_posix(), _advice_on_ending(relative), None))
        elif file.fault:
            faults.append(file.fault)
        else:
            found.append(LandedFile(table, file.path, relative.as_posix(), ending))
    alike: dict[tuple[PurePath, str], list[IgnoredFile]] = {}
    for one in ignored:
        alike.setdefault((PurePath(one.name).parent, one.advice), []).append(one)
    for (_, advice), (first, *others) in alike.items():
        number = counted(len(others), "more file")
        more = f" and {number} in its folder are" if others else " is"
        log(f"warning: {shown(first.name)}{more} not loaded: {advice}")
    for table in contract.tables:
        # If a part of the landing could not be listed, the files of this table may be there.
        if is_whole and table.required and all_is_listed and table not in landed:
            faults.append(
                f"no file of the required table {table.name}: {landing / table.domain / table.name} "
                f"must hold at least one of *{', *'.join(ENDINGS)}"
            )
    return Survey(sorted(found, key=lambda file: natural_order(file.name)), faults, ignored)


def ending_of(name: str) -> str | None:
    """Return the one of ``ENDINGS`` that a file's name has, if any."""
    return next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)


def kind_of(name: str) -> str:
    """Return csv, jsonl or parquet by a file's name, packed or not; an empty text for any other ending."""
    return (ending_of(name) or "").removesuffix(".gz").removeprefix(".")


def natural_order(name: str) -> tuple[list[str | int], str]:
    """Return a sort key that compares numbers within names as numbers."""
    parts = re.split(r"([0-9]+)", name)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], name


def _no_folder(path: Path, relative: PurePath) -> str:
    """Return why a file or link in the place of a domain's or a table's folder stops a load."""
    name = relative.as_posix()
    files = "its tables' folders" if len(relative.parts) == 1 else "its files"
    if path.is_symlink():
        return (
            f"{name} is a link to {shown(path.readlink())}, which doesn't exist; it should be the folder of {files}: "
            "fix the link or remove it, and refresh again"
        )
    return f"{name} is a file; it should be the folder of {files}: move it away, and refresh again"


def _astray(file: PurePath, contract: Contract) -> IgnoredFile:
    """Return a file that is in no table's folder, with what to do."""
    for table in contract.tables:
        if table.name in file.parts[:-1]:
            advice = f"files of {table.name} belong directly under {table.domain}/{table.name}/"
            return IgnoredFile(file.as_posix(), advice, table)
    advice = "the contract has no such table; files belong under <domain>/<table>/"
    if meant := _meant(file, contract):
        advice += f"; {did_you_mean(f'{meant.domain}/{meant.name}/')}"
    return IgnoredFile(file.as_posix(), advice, meant)


def _meant(file: PurePath, contract: Contract) -> Table | None:
    """Return the table whose name is most similar to a folder's, or to the beginning of the file's name."""
    tables = {table.name: table for table in contract.tables}
    begins_with = re.match("[a-z_]*[a-z]|", file.name.lower())[0]
    near = (nearest(name, tables, _ALIKE) for name in (*reversed(file.parts[:-1]), begins_with))
    return next((tables[name] for name in near if name), None)


def _advice_on_ending(file: PurePath) -> str:
    advice = ADVICE.get(file.suffix.lower(), "")
    return f"its name must end in one of {', '.join(ENDINGS)}" + (advice and f"; {advice}")
