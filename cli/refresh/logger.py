"""The logger of a refresh: everything goes to the log file, stages go to the person.

Not here: how stages look (progress.py).
"""

import logging
from collections.abc import Mapping
from typing import TextIO

import dagster as dg
from dagster import DagsterEventType

from cli.refresh.progress import Progress, words


def refresh_logger(progress: Progress, log: TextIO) -> dg.LoggerDefinition:
    """Make the logger.

    Args:
        progress: is told when stages start and end, and what they say of themselves.
        log: an open file.
    """
    # Integrations log through this one, mostly which command they run: nothing a person waits for.
    logging.getLogger("dagster.builtin").setLevel(logging.ERROR)

    @dg.logger(description="Stages to the person who waits, everything to the log file.")
    def told(_: dg.InitLoggerContext) -> logging.Logger:
        to_file = logging.StreamHandler(log)
        to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger = logging.Logger("duebook.refresh", logging.DEBUG)
        logger.addHandler(to_file)
        logger.addHandler(_ToProgress(progress))
        return logger

    return told


class _ToProgress(logging.Handler):
    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        facts: Mapping = getattr(record, "dagster_meta", {})
        event = facts.get("dagster_event")
        if event is None:
            # Errors are told at the end, as the reasons.
            if record.levelno in (logging.INFO, logging.WARNING):
                self._progress.say(facts["orig_message"].splitlines()[0], at_once=record.levelno == logging.WARNING)
        elif event.event_type == DagsterEventType.STEP_START:
            self._progress.start(words(event.step_key))
        elif event.event_type in (DagsterEventType.STEP_SUCCESS, DagsterEventType.STEP_FAILURE):
            self._progress.end(succeeded=event.event_type == DagsterEventType.STEP_SUCCESS)
