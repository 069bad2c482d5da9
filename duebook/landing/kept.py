"""Rows that are older than a home's settings keep: which they are, and loading them without what is no longer kept.

An extract may land old rows again. What would have to go is left out before they are sent, so that nothing is written
which the same refresh clears again, with a build of everything. Here: that. Not here: clearing rows that were loaded
before, and when (duebook/rights/retention.py).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import duckdb

from duebook.cleared import cleared, has_something, kept, naming
from duebook.contract import Contract, Table
from duebook.database_files import attach
from duebook.landing.checking import CheckedFile
from duebook.landing.current import latest_first, moment
from duebook.landing.erased import relation, rewrite_checked, tables_of
from duebook.settings import LANDED_ALIAS, Settings
from duebook.sql_text import identifier, literal
from duebook.words import counted

# The moment by which a row of these counts as old.
HAPPENED = {"activities": "occurred_at", "surveys": "sent_at"}


def first_kept(as_of: date, months: int) -> date:
    """Return the first day that is kept: the month of the as-of day counts as none.

    Args:
        as_of: the business day.
        months: how many whole months before it are kept.
    """
    before = as_of.year * 12 + as_of.month - 1 - months
    return date(before // 12, before % 12 + 1, 1)


def old_landed(settings: Settings, contract: Contract, there: set[str]) -> dict[str, str]:
    """Return conditions for the old rows of the raw tables that are there, SQL.

    Args:
        settings: how long what is kept.
        contract: the tables.
        there: names of raw tables.
    """
    found = {}
    for table in (one for one in contract.tables if one.name in there):
        ways = _happened_before(settings, table)
        if settings.retention_versions and naming(table):
            ways.append(_was_replaced_before(table, _day(settings, settings.retention_versions)))
        if ways:
            found[table.name] = f"coalesce({' or '.join(ways)}, false)"
    return found


def leave_out_what_is_old(
    con: duckdb.DuckDBPyConnection,
    checked: Mapping[str, Sequence[CheckedFile]],
    settings: Settings,
    contract: Contract,
    log: Callable[[str], None],
) -> None:
    """Clear rows that are older than is kept, before they are sent anywhere.

    Args:
        con: the staging database.
        checked: its files, by table.
        settings: how long what is kept, and whose landing database has the versions that replace some.
        contract: the tables.
        log: gets a line if there were any.
    """
    has_landed = bool(settings.retention_versions) and settings.landed_file.exists()
    if has_landed:
        attach(con, settings.landed_file, LANDED_ALIAS)
    try:
        there = set(tables_of(con)) if has_landed else set()
        stays, left_out = kept(settings), {}
        for table in (one for one in contract.tables if one.name in checked and naming(one)):
            ways = _happened_before(settings, table)
            if table.name in there:
                ways.append(_counts_after_one_from_before(table, _day(settings, settings.retention_versions)))
            if not ways:
                continue
            # What is held back is kept as it was landed, as it is by a retention.
            is_old, has_it = f"coalesce({' or '.join(ways)}, false)", has_something(naming(table), table.name, stays)
            old = f"problems is null and {is_old} and ({has_it})"
            values = {one.name: cleared(one, table.name, stays) for one in naming(table)}
            if checked[table.name] and (count := rewrite_checked(con, table, values, old)):
                left_out[table.name] = count
    finally:
        if has_landed:
            con.execute(f"detach {LANDED_ALIAS}")
    if left_out:
        of_tables = ", ".join(f"{name} {count:,}" for name, count in left_out.items())
        rows = counted(sum(left_out.values()), "row")
        log(f"left out of {rows} what is no longer kept, for they are older than that: {of_tables}")


def _happened_before(settings: Settings, table: Table) -> list[str]:
    months = {"activities": settings.retention_activities, "surveys": settings.retention_surveys}
    kept = months.get(table.name)
    return [f"{identifier(HAPPENED[table.name])} < {_day(settings, kept)}"] if kept else []


def _day(settings: Settings, months: int) -> str:
    return f"cast({literal(first_kept(settings.as_of, months))} as timestamp)"


def _was_replaced_before(table: Table, day: str) -> str:
    """Return SQL that says whether a version that counts before this one has landed before a day."""
    key = ", ".join(map(identifier, table.key))
    latest = latest_first("loaded_at", "source_file_number", "source_row")
    ranked = (
        "select source_file_number, source_row, min(loaded_at) over"
        f" (partition by {key} order by {latest} rows between unbounded preceding and 1 preceding) as replaced_at"
        f" from {relation(table.name)}"
    )
    replaced = f"select source_file_number, source_row from ({ranked}) where replaced_at < {day}"
    return f"(source_file_number, source_row) in ({replaced})"


def _counts_after_one_from_before(table: Table, day: str) -> str:
    """Return SQL that says of a row about to be loaded whether a landed one, from before a day, counts before it.

    Of two of one moment the one that is loaded now counts: it has the later place.
    """
    columns = ", ".join(map(identifier, table.key))
    newest = (
        f"select {columns}, max({moment('loaded_at')}) as newest from {relation(table.name)}"
        f" where loaded_at < {day} group by {columns}"
    )
    return (
        f"exists (select 1 from ({newest}) as landed where {_same(table)}"
        f" and landed.newest > coalesce({moment('current_localtimestamp()')}, timestamp '-infinity'))"
    )


def _same(table: Table) -> str:
    return " and ".join(f"landed.{identifier(one)} = checked.{identifier(one)}" for one in table.key)
