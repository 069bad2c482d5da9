"""How a refresh is going: a line for every stage with its seconds.

Here: what a person sees meanwhile; nothing of Dagster, so that the first line doesn't wait for its import. Not here:
where the news comes from (logger.py), why a stage failed (failures.py).
"""

import time
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.status import Status

SECONDS_BETWEEN_WORDS = 10


def words(step: str) -> str:
    """Say a stage's name in words: ``gate_arrivals`` is ``Gate arrivals``."""
    return " ".join(step.replace("_", " ").split()).capitalize()


@dataclass
class Progress:
    """What a person sees while a refresh runs.

    On a terminal a line moves along with the current stage; elsewhere a stage that takes long says so now and then.

    Attributes:
        console: where to write.
        seconds: how long each finished stage took, in the order they ran.
    """

    console: Console
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._status: Status | None = None
        self._stage = ""
        self._began = self._spoke = time.monotonic()

    def start(self, stage: str) -> None:
        """A stage begins."""
        self._stage, self._began = stage, time.monotonic()
        self._spoke = self._began
        if self.console.is_terminal:
            self.stop()
            self._status = self.console.status(f"{stage} ...")
            self._status.start()

    def say(self, message: str, at_once: bool = False) -> None:
        """The stage has something to tell; `at_once`: something the person has to see."""
        if self._status:
            self._status.update(escape(f"{self._stage}: {message}"))
        if at_once or (not self._status and time.monotonic() - self._spoke >= SECONDS_BETWEEN_WORDS):
            self.console.print(f"    {message}", markup=False)
            self._spoke = time.monotonic()

    def end(self, succeeded: bool = True) -> None:
        """The stage ends."""
        self.stop()
        took = time.monotonic() - self._began
        self.seconds[self._stage] = took
        self.console.print(f"  {self._stage:<24}{took:6.1f} s" + ("" if succeeded else "  failed"))

    def stop(self) -> None:
        """Clear the moving line."""
        if self._status:
            self._status.stop()
            self._status = None
