"""The dbt process of a refresh: dbt's command line, with four differences.

1. It ends when the refresh that started it ends. A killed refresh can't end its children, and a dbt that went on alone
   would keep the warehouse file locked and change it during the next refresh.
2. It returns its version from the installed package; dbt would ask the package index for a newer one.
3. It collects garbage seldom: dbt keeps nearly all objects it makes, and looking for garbage took a tenth of its time.
4. It drops debug events that no log wants: dbt would first format ten thousand messages for nothing.
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
    """End this process, without clean-up, as soon as the given process is no longer its parent.

    Nothing is lost: DuckDB recovers from its write-ahead log, and files are published by atomic replacement.

    Args:
        parent: the process that started this one.
    """
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)


def drop_debug_events() -> None:
    """Make dbt drop debug events if none of its logs has that level."""
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
