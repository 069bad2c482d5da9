"""The dbt process of a refresh: dbt's command line, with four differences.

It ends when the refresh that started it ends: a refresh killed on the spot can't take its children with it, and a dbt
that went on alone would keep the warehouse file locked and change it under the next refresh. And it tells its version
from what is installed, where dbt would ask the package index for a newer one. And it collects garbage seldom: dbt keeps
nearly all it makes, and looking through it again and again took a tenth of its time. And it puts into words only what
it tells: dbt makes a line of each of ten thousand details before it sees that no log wants them.
"""

import gc
import os
import sys
import threading
import time
from importlib.metadata import version

PARENT_VARIABLE = "DUEBOOK_REFRESH_PID"
SECONDS_BETWEEN_LOOKS = 0.2
OBJECTS_BETWEEN_COLLECTIONS = 200_000


def end_with_parent(parent: int) -> None:
    """Have this process end the moment another one is no longer its parent, without clean-up.

    Nothing is lost by that: DuckDB recovers by its own log, and what is published is swapped in whole.

    Args:
        parent: the process that started this one.
    """
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)


def drop_debug_events() -> None:
    """Have dbt drop events of level debug where none of its logs is of that level."""
    from dbt_common.events.base_types import BaseEvent, EventLevel
    from dbt_common.events.event_manager_client import get_event_manager

    manager = get_event_manager()
    fire = manager.fire_event

    def fire_unless_unwanted(event: BaseEvent, level: EventLevel | None = None, *rest: object, **named: object) -> None:
        is_detail = (level or event.level_tag()) == EventLevel.DEBUG
        if not is_detail or any(log.level == EventLevel.DEBUG for log in manager.loggers):
            fire(event, level, *rest, **named)

    manager.fire_event = fire_unless_unwanted


def main() -> None:
    """Run dbt with the arguments of the command line."""
    if sys.argv[1:] == ["--version"]:
        print(version("dbt-core"))
        return
    end_with_parent(int(os.environ[PARENT_VARIABLE]))
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    drop_debug_events()
    from dbt.cli.main import cli

    cli(prog_name="dbt")


if __name__ == "__main__":
    main()
