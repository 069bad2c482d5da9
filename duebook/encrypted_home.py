"""Which databases of a home are encrypted where there is a key, and writing them anew under another key, or without.

Encrypted are those that hold rows as landed, or personal data. Not here: the publication and its Parquet files, which
readers' tools open (docs/decisions/0120-encryption-at-rest.md), opening a file with a key (database_files.py).
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import duckdb

from duebook.database_files import attach, attach_with, put_in_place, remove_database
from duebook.encryption import KEY, KEY_FILE, EncryptionError, NoKeyError, is_encrypted, keys, prepare
from duebook.home import published_folders
from duebook.settings import PERSONAL_FILE, Settings
from duebook.words import counted

DRAFT = ".draft"


def private_files(settings: Settings) -> list[Path]:
    """Return the databases of a home with landed rows or personal data, as far as they are there.

    Args:
        settings: whose home.
    """
    files = [settings.landed_file, *sorted(settings.adapters_dir.glob("*.duckdb"))]
    files += [folder / PERSONAL_FILE for folder in published_folders(settings)]
    return [file for file in (*files, *warehouses(settings)) if file.exists()]


def warehouses(settings: Settings) -> list[Path]:
    """Return where builds write, for the current day and for past ones.

    Args:
        settings: whose home.
    """
    past = settings.warehouse_file.parent / "as_of"
    return [settings.warehouse_file, *sorted(past.glob(f"*/{settings.warehouse_file.name}"))]


def refuse_wrong_keys(settings: Settings) -> None:
    """Refuse to write in a home whose private databases aren't all as the key, or its absence, says; its lock is held.

    Args:
        settings: whose home.

    Raises:
        EncryptionError: says what to do.
    """
    has_key = bool(keys())
    if has_key and settings.engine != "duckdb":
        # Their tables are files of Spark's or of Postgres.
        raise EncryptionError(
            f"DUEBOOK_ENGINE is {settings.engine}, which encrypts nothing: leave {KEY_FILE} and {KEY} out, and have its"
            " disk encrypted"
        )
    wrong = [file for file in private_files(settings) if is_encrypted(file) != has_key]
    if not wrong:
        _refuse_another_key(file for file in (settings.landed_file, settings.warehouse_file) if is_encrypted(file))
        return
    files = f"{counted(len(wrong), 'database')} of {settings.home}, such as {wrong[0]}"
    if has_key:
        raise EncryptionError(f"{files}: not encrypted, though a key is given. Run `duebook encrypt`, then this again")
    raise NoKeyError(f"{files}:")


def _refuse_another_key(files: Iterable[Path]) -> None:
    with duckdb.connect() as connection:
        for number, file in enumerate(files):
            # One that is damaged, or open elsewhere, is named by whoever needs it.
            with suppress(duckdb.Error):
                attach(connection, file, f"known_{number}")


def remove_drafts(settings: Settings) -> None:
    """Remove what a killed `rewrite` left; the home's lock is held.

    Args:
        settings: whose home.
    """
    for file in private_files(settings):
        remove_database(_draft_of(file))


def rewrite(settings: Settings, tell: Callable[[str], None], *, in_the_clear: bool = False) -> None:
    """Have all private databases of a home be under the present key, or under none; the home's lock is held.

    Each is written anew beside its place and then put there, so that a kill leaves the old one or the new one. What was
    done isn't done again.

    Args:
        settings: whose home.
        tell: gets a line for each.
        in_the_clear: under none.

    Raises:
        EncryptionError: there is no key, or it isn't the one a file is under.
        FileInUseError, DamagedFileError, OSError: a file can't be read or written.
    """
    if not keys():
        raise NoKeyError
    key = None if in_the_clear else keys()[0]
    remove_drafts(settings)
    for file in private_files(settings):
        with duckdb.connect() as connection:
            prepare(connection)
            if _is_under(connection, file, key):
                said = "is so already"
            elif file in warehouses(settings):
                # Its record says how the last build left it, so one written anew would be built again, too.
                remove_database(file)
                said = "removed: the next refresh builds it again"
            else:
                _write_anew(connection, file, key)
                said = "written anew"
        tell(f"  {file}: {said}")


def _draft_of(file: Path) -> Path:
    return file.with_name(f"{file.name}{DRAFT}")


def _is_under(connection: duckdb.DuckDBPyConnection, file: Path, key: str | None) -> bool:
    if key is None or not is_encrypted(file):
        return key is None and not is_encrypted(file)
    if not attach_with(connection, file, "known", key):
        return False
    connection.execute("detach known")
    return True


def _write_anew(connection: duckdb.DuckDBPyConnection, file: Path, key: str | None) -> None:
    draft = _draft_of(file)
    attach(connection, file, "old", read_only=False)
    # Nothing is left in its log, which would be replayed into the new file.
    connection.execute("checkpoint old")
    attach_with(connection, draft, "new", key, read_only=False)
    connection.execute("copy from database old to new")
    connection.execute("checkpoint new")
    connection.execute("detach new")
    connection.execute("detach old")
    put_in_place(draft, file)
