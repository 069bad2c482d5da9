"""Unpacks a landed file within limits: a small packed file can fill a whole disk when it is unpacked.

Here: the limits, and the hash of the unpacked content. Not here: reading the unpacked file (``reading``), and the
longest line (``opened``).
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
# Bytes: files that unpack to less are allowed at any ratio.
HARMLESS = 100_000_000


@dataclass(frozen=True)
class Limits:
    """How large a file may be, unpacked, in GB; and how many times its packed size it may unpack to."""

    gigabytes: float = float("inf")
    ratio: float = float("inf")

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the limits in the settings."""
        return cls(settings.max_unpacked_gb, settings.max_gzip_ratio)

    def refuse_large(self, file: LandedFile, size: int) -> None:
        """Refuse a file whose unpacked size, in bytes, is too large.

        Raises:
            LandingError: it is larger than allowed.
        """
        if size > self.gigabytes * _GB:
            raise LandingError(
                f"{file.name} is larger than {self.gigabytes:g} GB when unpacked: split it, or raise the limit "
                "(DUEBOOK_MAX_UNPACKED_GB)"
            )


UNLIMITED = Limits()


def unpacked_hash(file: LandedFile, limits: Limits) -> str | None:
    """Return the SHA-256 of a file's unpacked content; None if it can't be unpacked (reading it then reports why).

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
    """Copy the unpacked content of a packed file.

    Raises:
        LandingError: it is more than allowed.
    """
    packed, unpacked = file.path.stat().st_size, 0
    while chunk := source.read(_CHUNK):
        unpacked += len(chunk)
        limits.refuse_large(file, unpacked)
        if unpacked > max(HARMLESS, limits.ratio * packed):
            raise LandingError(
                f"{file.name} unpacks to more than {limits.ratio:g} times its size: if it is right, land it unpacked, "
                "or raise the limit (DUEBOOK_MAX_GZIP_RATIO)"
            )
        write(chunk)
