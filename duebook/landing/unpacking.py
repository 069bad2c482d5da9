"""Unpacks a landed file within limits: a small file can unpack to more than a disk holds.

Here: the limits, and the hash of what a file unpacks to. Not here: how what was unpacked is read (``reading``), and how
long a line may be (``opened``).
"""

import gzip
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Self

from duebook.landing.files import LandedFile, LandingError
from duebook.settings import Settings

_CHUNK = 1 << 20
_GB = 1_000_000_000
# What unpacks to less does no harm, however small it was packed.
HARMLESS = 100_000_000


@dataclass(frozen=True)
class Limits:
    """How large a file may be, unpacked, in GB; and how many times as large as it was packed."""

    gigabytes: float = float("inf")
    ratio: float = float("inf")

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The limits a user has set."""
        return cls(settings.max_unpacked_gb, settings.max_gzip_ratio)

    def refuse_large(self, file: LandedFile, size: int) -> None:
        """Refuse a size.

        Raises:
            LandingError: it is more than is allowed.
        """
        if size > self.gigabytes * _GB:
            raise LandingError(
                f"{file.name} is larger than {self.gigabytes:g} GB, unpacked: split it, or allow more "
                "(DUEBOOK_MAX_UNPACKED_GB)"
            )


UNLIMITED = Limits()


def unpacked_hash(file: LandedFile, limits: Limits) -> str | None:
    """SHA-256 of a file's content, packed or not; None of what can't be unpacked: who reads it says why.

    Raises:
        LandingError: a file that isn't packed can't be read.
    """
    if not file.is_packed:
        return file.content_hash()
    digest = hashlib.sha256()
    try:
        with gzip.open(file.path) as stream:
            copy_within(limits, file, stream, digest.update)
    except (EOFError, OSError, zlib.error, LandingError):
        return None
    return digest.hexdigest()


def copy_within(limits: Limits, file: LandedFile, source: BinaryIO, write: Callable[[bytes], object]) -> None:
    """Copy what a packed file unpacks to.

    Raises:
        LandingError: it is more than is allowed.
    """
    packed, unpacked = file.path.stat().st_size, 0
    while chunk := source.read(_CHUNK):
        unpacked += len(chunk)
        limits.refuse_large(file, unpacked)
        if unpacked > max(HARMLESS, limits.ratio * packed):
            raise LandingError(
                f"{file.name} unpacks to more than {limits.ratio:g} times its size: if it is right, land it unpacked, "
                "or allow more (DUEBOOK_MAX_GZIP_RATIO)"
            )
        write(chunk)
