"""What is landed: the files of a landing, the table each belongs to, and the hash its content is known by.

Nothing here opens a file for its rows; ``reading`` does.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from orchestration.defs.ingestion.contract import Contract, Table

ENDINGS = (".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz")


class LandingError(Exception):
    """A landing that can't be loaded; the message says where and what, and needs no traceback."""


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
        LandingError: there is no such folder, or a required table has no file in it.
    """
    if not landing.is_dir():
        raise LandingError(f"there is no landing at {landing}: set DUEBOOK_LANDING to the folder of landed files")
    found: list[LandedFile] = []
    strays: dict[PurePath, list[PurePath]] = {}
    tables = {(table.domain, table.name): table for table in contract.tables}
    for path in _visible_files(landing):
        relative = path.relative_to(landing)
        table = tables.get(relative.parts[:2]) if len(relative.parts) == 3 else None
        # The longest ending first: `.csv.gz` also ends in what `.gz` would.
        ending = next((e for e in sorted(ENDINGS, key=len, reverse=True) if path.name.lower().endswith(e)), None)
        if table is None:
            strays.setdefault(relative.parent, []).append(relative)
        elif ending is None:
            log(f"warning: {relative.as_posix()} is not loaded: its name ends in none of {', '.join(ENDINGS)}")
        else:
            found.append(LandedFile(table, path, relative.as_posix(), ending))
    for folder, files in strays.items():
        others = f" and {len(files) - 1} more beside it" if len(files) > 1 else ""
        verb = "are" if others else "is"
        log(f"warning: {files[0].as_posix()}{others} {verb} not loaded: {_advice(folder, contract)}")
    for table in contract.tables:
        if table.required and not any(file.table is table for file in found):
            raise LandingError(
                f"no file of the required table {table.name}: {landing / table.domain / table.name} "
                f"must hold at least one of *{', *'.join(ENDINGS)}"
            )
    return sorted(found, key=lambda file: natural_order(file.name))


def natural_order(name: str) -> tuple[list[str | int], str]:
    """Sort key under which numbers in names count as numbers."""
    parts = re.split(r"([0-9]+)", name)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], name


def _visible_files(landing: Path) -> Iterable[Path]:
    for folder, folders, names in os.walk(landing, followlinks=True):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))


def _advice(folder: PurePath, contract: Contract) -> str:
    for table in contract.tables:
        if table.name in folder.parts:
            return f"files of {table.name} belong directly under {table.domain}/{table.name}/"
    return "the contract has no such table; files belong under <domain>/<table>/"
