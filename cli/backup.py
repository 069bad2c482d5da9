"""The commands `duebook backup` and `duebook restore`.

Here: words and exit codes. Not here: what is copied (duebook/backup.py).
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cli.arguments import WrongSettingError, read_settings, take_options
from duebook.backup import BackupError, back_up, restore
from duebook.home import HomeIsBusyError, keep_from_others
from duebook.settings import Settings

DONE, FAILED, WRONG_SETTING, BUSY = 0, 1, 2, 3
EXIT_CODES = "Exit codes: 0 done; 1 failed, and says why; 2 wrong setting; 3 a refresh runs."


def main_backup(arguments: Sequence[str]) -> int:
    """Back a home up; returns the exit code."""
    parser = _parser("backup", "Copy what can't be made again of a home (landed rows, publications, run history).")
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="where a folder named by the time is made"
    )
    asked = parser.parse_args(arguments)
    return _run(asked, lambda settings: print(f"Backup: {back_up(settings, asked.to.resolve(), print)}"))


def main_restore(arguments: Sequence[str]) -> int:
    """Put a backup into an empty home; returns the exit code."""
    parser = _parser("restore", "Put a backup into a home that is empty or not there.")
    parser.add_argument("--from", type=Path, required=True, dest="backup", metavar="FOLDER", help="what `backup` made")
    asked = parser.parse_args(arguments)

    def run(settings: Settings) -> None:
        restore(settings, asked.backup.resolve(), print)
        print(f"Restored: {settings.home}. The next refresh builds its warehouse anew.")

    return _run(asked, run)


def _parser(name: str, does: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"duebook {name}", description=does, epilog=EXIT_CODES)
    parser.add_argument("--home", metavar="FOLDER", help="the home [DUEBOOK_HOME]")
    return parser


def _run(asked: argparse.Namespace, do: Callable[[Settings], None]) -> int:
    try:
        take_options({"home": asked.home})
        settings = read_settings([])
        keep_from_others(settings)
        do(settings)
    except WrongSettingError as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_SETTING
    except HomeIsBusyError as busy:
        print(f"{busy} Nothing was done.", file=sys.stderr)
        return BUSY
    except (BackupError, OSError) as error:
        print(error, file=sys.stderr)
        return FAILED
    return DONE
