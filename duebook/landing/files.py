"""What is landed: the files of a landing, the table each belongs to, and the hash its content is known by.

Nothing here opens a file for its rows; ``reading`` does. How a landing is listed stands in ``listing``.
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

ENDINGS = (".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz")
# What to do with files that are often landed by mistake.
ADVICE = dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"), "save it as CSV (UTF-8, with commas) and land that")
ADVICE |= dict.fromkeys((".txt", ".tsv", ".dat"), "if it holds rows, save it as CSV (UTF-8, with commas) and land that")
ADVICE |= dict.fromkeys((".zip", ".bz2", ".xz", ".zst", ".7z", ".tar", ".tgz"), "unpack it, or pack it with gzip")
ADVICE |= {".json": "write one JSON object a line and call it .jsonl", ".gz": "call it .csv.gz or .jsonl.gz"}
# What content is known by: its table, its kind (csv, jsonl or parquet), and a hash.
Content = tuple[str, str, str]
# How much alike a folder's name and a table's are before we ask whether it is meant.
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
        """Size and time of the last change; with others the file has changed.

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
            why = f"it is a link to {self.path.readlink()}, which isn't there" if leads_nowhere else error.strerror
            raise LandingError(f"{self.name} can't be read: {why}") from error


def find_files(landing: Path, contract: Contract, log: Callable[[str], None]) -> list[LandedFile]:
    """Every file of a landing that belongs to a table, in natural order of its path (load_2 before load_10).

    What lies elsewhere or has another ending is named in a warning line; hidden files are passed over.

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


def survey(landing: Path, contract: Contract, log: Callable[[str], None]) -> Survey:
    """The files of a landing and all that keeps it from being loaded as it lies there, without opening a file.

    Raises:
        LandingError: there is no such folder.
    """
    # What is there and can't be looked into is for the listing to name.
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
        more = f" and {len(others)} more beside it are" if others else " is"
        log(f"warning: {shown(first.name)}{more} not loaded: {advice}")
    for table in contract.tables:
        # Where a part was not listed nobody knows what is missing.
        if table.required and all_is_listed and table not in landed:
            faults.append(
                f"no file of the required table {table.name}: {landing / table.domain / table.name} "
                f"must hold at least one of *{', *'.join(ENDINGS)}"
            )
    return Survey(sorted(found, key=lambda file: natural_order(file.name)), faults, ignored)


def ending_of(name: str) -> str | None:
    """Which of ``ENDINGS`` a file's name ends in, if any."""
    return next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)


def kind_of(name: str) -> str:
    """What a file holds by its name: csv, jsonl or parquet, packed or not; nothing where the ending is none of ours."""
    return (ending_of(name) or "").removesuffix(".gz").removeprefix(".")


def natural_order(name: str) -> tuple[list[str | int], str]:
    """Sort key under which numbers in names count as numbers."""
    parts = re.split(r"([0-9]+)", name)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], name


def _no_folder(path: Path, relative: PurePath) -> str:
    """Why what stands at the name of a domain's or a table's folder stops a load."""
    name = relative.as_posix()
    files = "its tables' folders" if len(relative.parts) == 1 else "its files"
    if path.is_symlink():
        return (
            f"{name} is a link to {shown(path.readlink())}, which isn't there, and should be the folder of {files}: "
            "mend the link or take it away, and refresh again"
        )
    return f"{name} is a file, and should be the folder of {files}: move it away, and refresh again"


def _astray(file: PurePath, contract: Contract) -> IgnoredFile:
    """A file that lies in no table's folder, and what to do with it."""
    for table in contract.tables:
        if table.name in file.parts[:-1]:
            advice = f"files of {table.name} belong directly under {table.domain}/{table.name}/"
            return IgnoredFile(file.as_posix(), advice, table)
    advice = "the contract has no such table; files belong under <domain>/<table>/"
    if meant := _meant(file, contract):
        advice += f"; {did_you_mean(f'{meant.domain}/{meant.name}/')}"
    return IgnoredFile(file.as_posix(), advice, meant)


def _meant(file: PurePath, contract: Contract) -> Table | None:
    """The table whose name is most like a folder's, or like what the file's own name begins with."""
    tables = {table.name: table for table in contract.tables}
    begins_with = re.match("[a-z_]*[a-z]|", file.name.lower())[0]
    near = (nearest(name, tables, _ALIKE) for name in (*reversed(file.parts[:-1]), begins_with))
    return next((tables[name] for name in near if name), None)


def _advice_on_ending(file: PurePath) -> str:
    advice = ADVICE.get(file.suffix.lower(), "")
    return f"its name ends in none of {', '.join(ENDINGS)}" + (advice and f"; {advice}")
