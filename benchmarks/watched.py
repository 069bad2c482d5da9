"""What a program took: its samples, its lines, and the figures made of them.

Here: values and arithmetic. Not here: running and sampling (watching.py), which needs the benchmark's own environment.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """One look at a process and its descendants.

    Attributes:
        at: seconds since the start.
        memory: resident bytes of all of them, added up.
        cpu_seconds: processor time of all of them so far, those that have ended included.
    """

    at: float
    memory: int
    cpu_seconds: float


@dataclass
class Watched:
    """What a program took.

    Attributes:
        seconds: from start to end.
        cpu_seconds: processor time of all its processes.
        samples: in order of time.
        lines: what it printed, each with the second it came.
    """

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    samples: list[Sample] = field(default_factory=list)
    lines: list[tuple[float, str]] = field(default_factory=list)

    def peak_memory(self, start: float = 0.0, end: float = float("inf")) -> int:
        """The most resident bytes all its processes held at one sample within a span of seconds."""
        return max((sample.memory for sample in self.samples if start <= sample.at <= end), default=0)

    def cpu_between(self, start: float, end: float) -> float:
        """Processor seconds spent within a span."""
        return self._cpu_at(end) - self._cpu_at(start)

    def _cpu_at(self, moment: float) -> float:
        return max((sample.cpu_seconds for sample in self.samples if sample.at <= moment), default=0.0)

    def figures(self) -> dict[str, float | int]:
        """Seconds, processor seconds and peak bytes, as results hold them."""
        return {
            "seconds": round(self.seconds, 3),
            "cpu_seconds": round(self.cpu_seconds, 3),
            "peak_memory": self.peak_memory(),
        }
