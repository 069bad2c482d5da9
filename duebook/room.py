"""Room on the disk: about how much a refresh needs, and where; looked at before it begins.

The estimate is on the low side: who is refused would have run out of room. It grows with what has landed since the last
load, and with the marts that are copied for readers while the last copy is still there. Not here: which landed files
are new (landing/unloaded.py), a disk that is full all the same (landing/load_errors.py and whoever meets it).
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from duebook.settings import Settings, marts_file_of

# Bytes of a home for a byte landed, all that is made of it together: a home of a million invoices has 30 times as many
# as its Parquet files. Text takes some four times as many for the same rows.
PER_PACKED_BYTE, PER_TEXT_BYTE = 20, 4
PACKED = (".parquet", ".gz")
# What a home has however little has landed: dbt's and Dagster's files, the dashboard, the first blocks of databases.
OF_ANY_HOME = 100_000_000
OF_ANY_REFRESH = 10_000_000
GB = 1_000_000_000


class NoRoomError(RuntimeError):
    """There is not enough room for a refresh; the message says where, how much is needed for what, and what to do."""


@dataclass(frozen=True)
class Room:
    """One disk that a refresh writes on.

    Attributes:
        place: a folder on it.
        free: bytes that this account may still write there.
        needs: about how many a refresh writes, by what they are.
    """

    place: Path
    free: int
    needs: dict[str, int]

    @property
    def needed(self) -> int:
        """All of them."""
        return sum(self.needs.values())

    @property
    def lacks(self) -> bool:
        """Whether there is too little."""
        return self.free < self.needed

    def __str__(self) -> str:
        """Say what is free, and what for how much is needed."""
        wanted = ", ".join(f"{in_mb(number)} for {what}" for what, number in self.needs.items() if number)
        return f"{in_mb(self.free)} free in {self.place}, a refresh needs about {in_mb(self.needed)} there ({wanted})"


def rooms(settings: Settings, new: Iterable[Path]) -> list[Room]:
    """Return the disks a refresh writes on, with about how much it needs there.

    Args:
        settings: whose home; its folders may be links to other disks.
        new: the landed files that it loads.
    """
    landed, text = 0, 0
    for file in new:
        try:
            size = file.stat().st_size
        except OSError:
            # Whoever reads it says why it can't be read.
            continue
        if size > settings.max_unpacked_gb * GB:
            # It is refused for its size.
            continue
        if file.name.lower().endswith(PACKED):
            landed += size
        else:
            text += size
    marts = marts_file_of(settings.warehouse_file)
    of_home = OF_ANY_REFRESH if settings.landed_file.exists() else OF_ANY_HOME
    needs = [
        (settings.home, "logs and what dbt and Dagster write", of_home),
        (settings.warehouse_file.parent, "what has landed", landed * PER_PACKED_BYTE + text * PER_TEXT_BYTE),
        (settings.published_dir, "the next publication", marts.stat().st_size if marts.exists() else 0),
    ]
    disks: dict[int, Room] = {}
    for folder, what, number in needs:
        place = next(path for path in (folder, *folder.parents) if path.exists())
        of_disk = disks.setdefault(_disk_of(place), Room(place, shutil.disk_usage(place).free, {}))
        of_disk.needs[what] = number
    return list(disks.values())


def refuse_without_room(settings: Settings, new: Iterable[Path]) -> None:
    """Refuse a refresh that has not enough room.

    Args:
        settings: whose home.
        new: the landed files that it loads.

    Raises:
        NoRoomError: says where, and how much is needed for what.
    """
    for room in rooms(settings, new):
        if room.lacks:
            raise NoRoomError(
                f"There is not enough room: {room}. Nothing was done; free some disk space, or put the home "
                "(DUEBOOK_HOME) on a larger disk, and refresh again"
            )


def _disk_of(folder: Path) -> int:
    return folder.stat().st_dev


def in_mb(size: int) -> str:
    """Return a number of bytes as a person reads it."""
    return f"{size / GB:,.1f} GB" if size >= 10 * GB else f"{size / 1e6:,.0f} MB"
