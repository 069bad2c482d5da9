"""What somebody asks to have landed."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """What to land.

    Attributes:
        adapter: its name, or the folder it is in; `flat` for a list.
        source: a folder, a file or the address of a database.
        mapping: of a list, the file that describes it, or a preset's name.
        options: a file with what the user says of the source.
    """

    adapter: str
    source: str
    mapping: str | None = None
    options: Path | None = None
