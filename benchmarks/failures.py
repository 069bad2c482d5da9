"""What ends a part of the benchmark, so that the others still run.

Here: the errors. Not here: disagreements of contestants, which are results.
"""


class BenchmarkError(RuntimeError):
    """A part can't be measured; the message says why."""


class ProgramFailedError(BenchmarkError):
    """A program ended with another exit code than 0; the message has its last lines and the place of its log."""
