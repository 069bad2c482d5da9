"""What is said of a part of a home: what was looked at, and what was found.

Nothing is imported of the project, so that every module of the doctor may use it.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a part is: `note` is what the next refresh mends, or what needs nobody."""

    SOUND = "sound"
    NOTE = "note"
    WRONG = "wrong"
    NOT_LOOKED_AT = "not looked at"


@dataclass(frozen=True)
class Finding:
    """One thing found: what it is, what to do about it, and whether anything is wrong."""

    said: str
    to_do: str
    is_wrong: bool = True


@dataclass(frozen=True)
class Part:
    """A part of a home: what was looked at of it, in words, and what was found."""

    name: str
    looked_at: str
    findings: tuple[Finding, ...] = ()
    was_looked_at: bool = True

    @property
    def state(self) -> State:
        """How the part is, by the worst that was found."""
        if any(finding.is_wrong for finding in self.findings):
            return State.WRONG
        if not self.was_looked_at:
            return State.NOT_LOOKED_AT
        return State.NOTE if self.findings else State.SOUND


def note(said: str, to_do: str) -> Finding:
    """Return a finding with which nothing is wrong."""
    return Finding(said, to_do, is_wrong=False)
