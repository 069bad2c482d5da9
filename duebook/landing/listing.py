"""Lists all visible files of a landing, and everything that can't be listed.

Here: folders, links and names. Not here: which file belongs to which table (``files``), and the content of a file
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
_NOTHING, _AGAIN = "Nothing was loaded; make it readable", ", and refresh again"


class LandingError(Exception):
    """A landing that can't be loaded; the message says where and why, so that no traceback is needed."""


@dataclass(frozen=True)
class Found:
    """A visible file, or a part of the landing that can't be listed.

    ``fault`` says in a sentence why it can't be loaded, whatever its content; None if it can. ``is_listed`` is False if
    it may contain further files that could not be listed: such a fault stops every load.
    """

    path: Path
    fault: str | None
    is_listed: bool = True


def visible_files(landing: Path) -> Iterator[Found]:
    """Yield every file of a landing, sorted within its folder; hidden files are ignored.

    A folder that can't be listed is yielded as a fault, and so is a link that leads out of the landing or to a folder
    that is listed already. All other files are listed all the same.
    """
    root = Path(os.path.realpath(landing))
    followed: dict[str, Path] = {}
    folders = [landing]
    while folders:
        folder = folders.pop(0)
        try:
            entries = _entries(folder)
        except OSError as error:
            words = f"the folder {shown(folder)} can't be listed: {error.strerror}. {_NOTHING}, with all its files"
            yield Found(folder, f"{words}{_AGAIN}", is_listed=False)
            continue
        name = shown(folder.relative_to(landing))
        if folder.suffix and folder != landing and not entries:
            yield Found(folder, f"{name} is an empty folder: remove it{_AGAIN}")
        for path in entries:
            name = shown(path.relative_to(landing))
            try:
                leads_to = os.path.realpath(path) if path.is_symlink() else None
                mode = path.stat().st_mode
            except FileNotFoundError:
                # A link to nothing, or a file that was just removed: the code that reads it reports which.
                mode, leads_to = stat.S_IFREG, None
            except OSError as error:
                words = f"{name} can't be read: {error.strerror}. {_NOTHING} or remove it"
                yield Found(path, f"{words}{_AGAIN}", is_listed=False)
                continue
            is_folder = stat.S_ISDIR(mode)
            fault = None if is_folder else _fault(path, mode)
            if leads_to is not None and not Path(leads_to).is_relative_to(root):
                fault = _leaves(leads_to)
            elif leads_to is not None and is_folder:
                fault = _listed_before(path, leads_to, landing, followed)
            if fault or not is_folder:
                yield Found(path, fault and f"{name} {fault}{_AGAIN}", is_listed=not is_folder)
            else:
                folders.append(path)


def _entries(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return sorted(folder / entry.name for entry in entries if not entry.name.startswith("."))


def _listed_before(path: Path, leads_to: str, landing: Path, followed: dict[str, Path]) -> str | None:
    """Return why a link would list a folder endlessly or twice; if it doesn't, remember the folder and return None."""
    if Path(os.path.realpath(path.parent)).is_relative_to(leads_to):
        return "is a link to a folder that contains the link: remove it"
    if leads_to in followed:
        first = shown(followed[leads_to].relative_to(landing))
        return f"is a link to the same folder as {first}: remove one of them"
    followed[leads_to] = path
    return None


def _leaves(leads_to: str) -> str:
    return (
        f"is a link out of the landing, to {shown(leads_to)}: land the files themselves, or set DUEBOOK_LANDING to "
        "where they are"
    )


def _fault(path: Path, mode: int) -> str | None:
    if not stat.S_ISREG(mode):
        return f"is {_KINDS.get(stat.S_IFMT(mode), 'no file')}, not a regular file: remove it"
    if shown(path.name) != path.name:
        return "has a name that is not UTF-8 text, or contains control characters: rename it"
    return None


def shown(path: object) -> str:
    r"""Return a path as text for one line: bytes that aren't UTF-8, and control characters, become ``\x..``."""
    return "".join(f"\\x{ord(letter) & 0xFF:02x}" if _moves_or_breaks(letter) else letter for letter in str(path))


def _moves_or_breaks(letter: str) -> bool:
    return ord(letter) < 32 or 127 <= ord(letter) < 160 or 0xD800 <= ord(letter) < 0xE000
