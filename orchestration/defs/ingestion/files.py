"""What is landed: the files of a landing, the table each belongs to, and the hash its content is known by.

Nothing here opens a file for its rows; ``reading`` does. How a landing is listed stands in ``listing``.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import BinaryIO

from orchestration.defs.ingestion.contract import Contract, Table
from orchestration.defs.ingestion.listing import LandingError, shown, visible_files

ENDINGS = (".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz")
# What to do with files that are often landed by mistake.
ADVICE = dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"), "save it as CSV (UTF-8, with commas) and land that")
ADVICE |= dict.fromkeys((".txt", ".tsv", ".dat"), "if it holds rows, save it as CSV (UTF-8, with commas) and land that")
ADVICE |= dict.fromkeys((".zip", ".bz2", ".xz", ".zst", ".7z", ".tar", ".tgz"), "unpack it, or pack it with gzip")
ADVICE |= {".json": "write one JSON object a line and call it .jsonl", ".gz": "call it .csv.gz or .jsonl.gz"}
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
        return self.ending.removesuffix(".gz").removeprefix(".")

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
class Survey:
    """What a landing holds: the files of tables, in natural order of their paths, and a line for every fault."""

    files: list[LandedFile]
    faults: list[str]


def survey(landing: Path, contract: Contract, log: Callable[[str], None]) -> Survey:
    """The files of a landing and all that keeps it from being loaded as it lies there, without opening a file.

    Raises:
        LandingError: there is no such folder.
    """
    # What is there and can't be looked into is for the listing to name.
    if not landing.exists() or landing.is_file():
        raise LandingError(f"there is no landing at {landing}: set DUEBOOK_LANDING to the folder of landed files")
    found: list[LandedFile] = []
    faults: list[str] = []
    landed: set[Table | None] = set()
    all_is_listed = True
    strays: dict[tuple[PurePath, str], list[PurePath]] = {}
    tables = {(table.domain, table.name): table for table in contract.tables}
    for file in visible_files(landing):
        relative = file.path.relative_to(landing)
        table = tables.get(relative.parts[:2]) if len(relative.parts) == 3 else None
        # The longest ending first: `.csv.gz` also ends in what `.gz` would.
        ending = next((e for e in sorted(ENDINGS, key=len, reverse=True) if relative.name.lower().endswith(e)), None)
        landed.add(table)
        if not file.is_listed:
            all_is_listed = False
            faults.append(file.fault)
        elif table is None:
            strays.setdefault((relative.parent, _advice(relative, contract)), []).append(relative)
        elif ending is None:
            strays.setdefault((relative.parent, _advice_on_ending(relative)), []).append(relative)
        elif file.fault:
            faults.append(file.fault)
        else:
            found.append(LandedFile(table, file.path, relative.as_posix(), ending))
    for (_, advice), files in strays.items():
        others = f" and {len(files) - 1} more beside it" if len(files) > 1 else ""
        verb = "are" if others else "is"
        log(f"warning: {shown(files[0].as_posix())}{others} {verb} not loaded: {advice}")
    for table in contract.tables:
        # Where a part was not listed nobody knows what is missing.
        if table.required and all_is_listed and table not in landed:
            faults.append(
                f"no file of the required table {table.name}: {landing / table.domain / table.name} "
                f"must hold at least one of *{', *'.join(ENDINGS)}"
            )
    return Survey(sorted(found, key=lambda file: natural_order(file.name)), faults)


def natural_order(name: str) -> tuple[list[str | int], str]:
    """Sort key under which numbers in names count as numbers."""
    parts = re.split(r"([0-9]+)", name)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], name


def _advice(file: PurePath, contract: Contract) -> str:
    """What to do with a file that lies in no table's folder."""
    for table in contract.tables:
        if table.name in file.parts[:-1]:
            return f"files of {table.name} belong directly under {table.domain}/{table.name}/"
    advice = "the contract has no such table; files belong under <domain>/<table>/"
    if meant := _meant(file, contract):
        advice += f"; did you mean {meant.domain}/{meant.name}/?"
    return advice


def _meant(file: PurePath, contract: Contract) -> Table | None:
    """The table whose name is most like a folder's, or like what the file's own name begins with."""
    tables = {table.name: table for table in contract.tables}
    begins_with = re.match("[a-z_]*[a-z]|", file.name.lower())[0]
    for name in (*reversed(file.parts[:-1]), begins_with):
        for alike in get_close_matches(name.lower(), tables, n=1, cutoff=_ALIKE):
            return tables[alike]
    return None


def _advice_on_ending(file: PurePath) -> str:
    advice = ADVICE.get(file.suffix.lower(), "")
    return f"its name ends in none of {', '.join(ENDINGS)}" + (advice and f"; {advice}")
