"""The commands `duebook backup` and `duebook restore`.

Here: options and words. Not here: what is copied (duebook/backup.py).
"""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from cli.arguments import AsJson, folder, print_json, takes_settings, teller
from cli.audited import log
from cli.exit_codes import CommandError
from duebook.audit import Event
from duebook.backup import BackupError, back_up, restore
from duebook.encryption import EncryptionError
from duebook.home import keep_from_others
from duebook.landing.load_errors import refused_by_the_system
from duebook.publication.publish import LostFilesError, follow_move
from duebook.settings import Settings


@takes_settings("home")
def run_backup(
    settings: Settings,
    to: Annotated[str, typer.Option(metavar="FOLDER", help="where a folder named by the time is made")],
    as_json: AsJson = False,
) -> None:
    """Landed rows, reference files, publications and run history are copied; a refresh makes the rest again."""
    tell = teller(as_json)
    made = _run(settings, lambda: back_up(settings, folder("to", to), tell))
    log(settings, Event.EXPORTED, "backup", made.name)
    if as_json:
        print_json({"backup": made})
    else:
        tell(f"Backup: {made}")


@takes_settings("home")
def run_restore(
    settings: Settings,
    backup: Annotated[str, typer.Option("--from", metavar="FOLDER", help="what `duebook backup` made")],
    as_json: AsJson = False,
) -> None:
    """The next refresh builds the warehouse again from what was restored."""
    tell = teller(as_json)
    _run(settings, lambda: _restore(settings, backup, tell))
    log(settings, Event.RESTORED, "restore", folder("from", backup).name)
    if as_json:
        print_json({"restored": settings.home})
    else:
        tell(f"Restored: {settings.home}. The next refresh builds its warehouse again.")


def _restore(settings: Settings, backup: str, tell: Callable[[str], None]) -> None:
    restore(settings, folder("from", backup), tell)
    # The home may have been another one: what is published reads none of that one's files.
    try:
        follow_move(settings.published_dir)
    except LostFilesError as error:
        raise BackupError(f"{settings.home} has what the backup had, and that is not all: {error}.") from error


def _run(settings: Settings, do: Callable[[], Any]) -> Any:
    try:
        keep_from_others(settings)
        return do()
    except BackupError as error:
        raise CommandError(error) from None
    except EncryptionError:
        raise
    except OSError as error:
        said = refused_by_the_system(error)
        raise CommandError(f"{said}." if said else error) from None
