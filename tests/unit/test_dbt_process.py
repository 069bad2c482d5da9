"""What the dbt process of a refresh does otherwise than dbt's own."""

from collections.abc import Iterator
from io import StringIO

import pytest
from dbt_common.events import event_manager_client
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.functions import env_scrubber, fire_event
from dbt_common.events.logger import LineFormat, LoggerConfig
from dbt_common.events.types import Note

from duebook.warehouse.dbt_process import drop_debug_events


@pytest.fixture
def manager() -> Iterator[EventManager]:
    """dbt's event manager, a new one for the test."""
    dbts, ours = event_manager_client.get_event_manager(), EventManager()
    event_manager_client.ctx_set_event_manager(ours)
    drop_debug_events()
    yield ours
    event_manager_client.ctx_set_event_manager(dbts)


def log(manager: EventManager, level: EventLevel) -> StringIO:
    """Add a log of a level, and return what it is written to."""
    written = StringIO()
    manager.add_logger(
        LoggerConfig(
            name=f"log of {level}",
            level=level,
            line_format=LineFormat.PlainText,
            scrubber=env_scrubber,
            output_stream=written,
        )
    )
    return written


def tell(manager: EventManager) -> list[str]:
    """Have dbt tell a detail, a result and a fault, and return what it put into words."""
    heard = []
    manager.add_callback(lambda message: heard.append(message.info.msg))
    for text, level in (("a detail", EventLevel.DEBUG), ("a result", EventLevel.INFO), ("a fault", EventLevel.ERROR)):
        fire_event(Note(msg=text), level=level)
    return heard


def test_details_nobody_logs_are_not_put_into_words(manager: EventManager) -> None:
    written = log(manager, EventLevel.INFO)
    assert tell(manager) == ["a result", "a fault"]
    assert [line.split("  ")[-1] for line in written.getvalue().splitlines()] == ["a result", "a fault"]


def test_a_log_of_details_has_them(manager: EventManager) -> None:
    written = log(manager, EventLevel.DEBUG)
    assert tell(manager) == ["a detail", "a result", "a fault"]
    assert "a detail" in written.getvalue()
