"""Lists a landing: every visible file below it, or what keeps it from being listed, by name.

Here: folders, links and names. Not here: which file belongs to which table (``files``), and what is in one
(``reading``).
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class LandingError(Exception):
    """A landing that can't be loaded; the message says where and what, and needs no traceback."""


@dataclass(frozen=True)
class Found:
    """A visible file; ``fault`` says why it can't be loaded, whatever is in it, and None that it can."""

    path: Path
    fault: str | None


def visible_files(landing: Path) -> Iterator[Found]:
    """Every file below a landing, sorted within its folder; what is hidden is passed over.

    Raises:
        LandingError: a folder can't be listed, or a link leads out of the landing or to a folder listed already.
    """
    root = Path(os.path.realpath(landing))
    followed: dict[str, Path] = {}
    folders = [landing]
    while folders:
        folder = folders.pop(0)
        entries = _entries(folder)
        if folder.suffix and folder != landing and not entries:
            yield Found(folder, "is an empty folder: take it away")
        for path in entries:
            try:
                leads_to = os.path.realpath(path) if path.is_symlink() else None
                mode = path.stat().st_mode
            except FileNotFoundError:
                # A link that leads nowhere, or a file just taken away: who reads it says which.
                yield Found(path, _fault_of_name(path.name))
                continue
            except OSError as error:
                raise LandingError(
                    f"{shown(path.relative_to(landing))} can't be read: {error.strerror}. Nothing was loaded; make it "
                    "readable or take it away, and refresh again"
                ) from error
            leaves = leads_to is not None and not Path(leads_to).is_relative_to(root)
            if not stat.S_ISDIR(mode):
                yield Found(path, _leaves(leads_to) if leaves else _fault(path, mode))
                continue
            if leads_to is not None:
                _refuse_link(path, leads_to, landing, followed, leaves=leaves)
            folders.append(path)


def _entries(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(folder / entry.name for entry in entries if not entry.name.startswith("."))
    except OSError as error:
        raise LandingError(
            f"the folder {shown(folder)} can't be listed: {error.strerror}. Nothing was loaded; make it readable, with "
            "all that is in it, and refresh again"
        ) from error


def _refuse_link(path: Path, leads_to: str, landing: Path, followed: dict[str, Path], *, leaves: bool) -> None:
    """Refuse a link to a folder that would be listed twice or for ever, or is none of the landing's."""
    name = shown(path.relative_to(landing))
    if leaves:
        raise LandingError(f"{name} {_leaves(leads_to)}")
    if Path(os.path.realpath(path.parent)).is_relative_to(leads_to):
        raise LandingError(f"{name} is a link to a folder it lies in itself: take it away, and refresh again")
    if leads_to in followed:
        first = shown(followed[leads_to].relative_to(landing))
        raise LandingError(f"{name} is a link to the same folder as {first}: take one of them away, and refresh again")
    followed[leads_to] = path


def _leaves(leads_to: str | None) -> str:
    return (
        f"is a link out of the landing, to {shown(leads_to)}: land the files themselves, or set DUEBOOK_LANDING to "
        "where they are"
    )


def _fault(path: Path, mode: int) -> str | None:
    if not stat.S_ISREG(mode):
        return f"is {_KINDS.get(stat.S_IFMT(mode), 'no file')}, and no regular file: take it away"
    return _fault_of_name(path.name)


def _fault_of_name(name: str) -> str | None:
    if shown(name) != name:
        return "has a name that is not UTF-8 text, or holds control characters: rename it"
    return None


def shown(path: object) -> str:
    r"""A path as text for one line: what isn't UTF-8 or would move the cursor stands there as ``\x..``."""
    return "".join(f"\\x{ord(letter) & 0xFF:02x}" if _moves_or_breaks(letter) else letter for letter in str(path))


def _moves_or_breaks(letter: str) -> bool:
    return ord(letter) < 32 or 127 <= ord(letter) < 160 or 0xD800 <= ord(letter) < 0xE000
