"""How a refresh is going: a line for every stage with its seconds.

Here: what a person sees meanwhile; nothing of Dagster, so that the first line doesn't wait for its import. Not here:
where the news comes from (logger.py), why a stage failed (reasons.py).
"""

import time
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner

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
        stage: the stage under way, or the last one.
    """

    console: Console
    seconds: dict[str, float] = field(default_factory=dict)
    stage: str = ""

    def __post_init__(self) -> None:
        self._spinner = Spinner("dots")
        self._line: Live | None = None
        self._began = self._spoke = time.monotonic()

    def start(self, stage: str) -> None:
        """A stage begins."""
        self.stage, self._began = stage, time.monotonic()
        self._spoke = self._began
        if self.console.is_terminal:
            self.stop()
            self._spinner.update(text=f"{stage} ...")
            # What tools print meanwhile is for the log, not for this line.
            self._line = Live(
                self._spinner, console=self.console, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._line.start()

    def say(self, message: str, at_once: bool = False) -> None:
        """The stage has something to tell; `at_once`: something the person has to see."""
        if self._line:
            self._spinner.update(text=escape(f"{self.stage}: {message}"))
        if at_once or (not self._line and time.monotonic() - self._spoke >= SECONDS_BETWEEN_WORDS):
            self.console.print(f"    {message}", markup=False)
            self._spoke = time.monotonic()

    def end(self, succeeded: bool = True) -> None:
        """The stage ends."""
        self.stop()
        took = time.monotonic() - self._began
        self.seconds[self.stage] = took
        self.console.print(f"  {self.stage:<24}{took:6.1f} s" + ("" if succeeded else "  failed"))

    def stop(self) -> None:
        """Clear the moving line."""
        if self._line:
            self._line.stop()
            self._line = None
