"""The second publication: personal data, in the clear, in a DuckDB file of its own that fewer people may read.

Here: writing that file, its rights, putting it in its place. Not here: when it is replaced (publish.py), what is in it
(the dbt project's schema `personal`), the same in Postgres (postgres/).
"""

import grp
import os
import shutil
from pathlib import Path

import duckdb

from duebook.database_files import attach, log_of
from duebook.on_disk import sync
from duebook.settings import PERSONAL_FILE, PERSONAL_SCHEMA, Settings
from duebook.sql_text import identifier, literal

# Nobody but the account that refreshes; with a group, this may read, too.
OWN_FOLDER, OWN_FILE = 0o700, 0o600
GROUP_FOLDER, GROUP_FILE = 0o750, 0o640


def write_personal(settings: Settings, warehouse_file: Path, staging: Path) -> None:
    """Write the file into the staging folder, with the rights it will have, and wait until it is on the disk.

    Args:
        settings: the group that may read it.
        warehouse_file: what it is copied from; nothing is written where it doesn't exist.
        staging: the folder in which a publication is made.

    Raises:
        PermissionError: the group doesn't exist, or the account that refreshes isn't in it; says so.
        duckdb.Error, OSError: copying failed, for example because the disk is full.
    """
    if not warehouse_file.exists():
        return
    file = staging / PERSONAL_FILE
    file.parent.mkdir(mode=OWN_FOLDER)
    with duckdb.connect(config={"threads": settings.threads}) as connection:
        attach(connection, warehouse_file, "warehouse")
        attach(connection, file, "copied", read_only=False)
        connection.execute(f"create schema copied.{PERSONAL_SCHEMA}")
        _copy_tables(connection)
        connection.execute("detach copied")
    if settings.personal_group:
        _give_to(settings.personal_group, file)
    else:
        file.chmod(OWN_FILE)
    sync(file)
    sync(file.parent)


def wrong_group(group: str) -> str | None:
    """Return why the file can't be given to a group, in words; None: it can."""
    try:
        number = _number_of(group)
    except KeyError:
        why = "there is no such group"
    else:
        if os.geteuid() == 0 or number in (os.getegid(), *os.getgroups()):
            return None
        why = "the account that refreshes is not in it"
    return f"PERSONAL_GROUP is {group}, and {why}: expected a group of this machine in which that account is"


def _number_of(group: str) -> int:
    """Return a group's number, by its name or by that."""
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        if not (group.isascii() and group.isdigit()):
            raise
        return int(group)


def swap_personal_in(staging: Path) -> None:
    """Replace the published file by the one in the staging folder, if there is one, atomically; with its rights."""
    new, place = staging / PERSONAL_FILE, staging.parent / PERSONAL_FILE
    if not new.exists():
        return
    place.parent.mkdir(mode=OWN_FOLDER, exist_ok=True)
    shutil.copymode(new.parent, place.parent)
    os.chown(place.parent, -1, new.parent.stat().st_gid)
    # If somebody wrote to the old file, DuckDB would replay its write-ahead log into the new file.
    log_of(place).unlink(missing_ok=True)
    new.replace(place)
    sync(place.parent)


def _copy_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Copy the tables with their descriptions."""
    tables = connection.execute(
        "select table_name, comment from duckdb_tables() where database_name = 'warehouse' and schema_name = ?",
        [PERSONAL_SCHEMA],
    ).fetchall()
    columns = connection.execute(
        "select table_name, column_name, comment from duckdb_columns()"
        " where database_name = 'warehouse' and schema_name = ? and comment is not null",
        [PERSONAL_SCHEMA],
    ).fetchall()
    for table, comment in tables:
        copy = identifier("copied", PERSONAL_SCHEMA, table)
        connection.execute(f"create table {copy} as from {identifier('warehouse', PERSONAL_SCHEMA, table)}")
        if comment:
            connection.execute(f"comment on table {copy} is {literal(comment)}")
    for table, column, comment in columns:
        place = identifier("copied", PERSONAL_SCHEMA, table, column)
        connection.execute(f"comment on column {place} is {literal(comment)}")


def _give_to(group: str, file: Path) -> None:
    if wrong := wrong_group(group):
        raise PermissionError(wrong)
    for path, mode in ((file.parent, GROUP_FOLDER), (file, GROUP_FILE)):
        os.chown(path, -1, _number_of(group))
        path.chmod(mode)
