"""What the exit code of every command means, and the error that ends a command with one.

Here: the only list of codes; `duebook --help` prints it, docs/guide/operating.md has it as a table. Not here: which
command ends with which (their modules).
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended; `meaning` says it in words."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> "ExitCode":
        """Make a member that is its code, and knows its meaning."""
        member = int.__new__(cls, code)
        member._value_, member.meaning = code, meaning
        return member

    DONE = 0, "done"
    FAILED = 1, "failed, or what was checked is wrong; the message says why"
    USAGE = 2, "a command, option, setting or name is wrong; nothing was done"
    BUSY = 3, "another refresh of this home runs; nothing was done"
    INTERRUPTED = 130, "interrupted"


class CommandError(Exception):
    """Ends a command with a message for the person who called it, and an exit code."""

    def __init__(self, message: object, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code
