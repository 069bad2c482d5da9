"""The moments (`updated_at`) that rows get when they are landed, where without one another version would count.

Here: what an adapter's files in a landing hold of each key, and which rows get the moment of their landing. Not here:
which rows are landed (state.py), which version of a key counts (duebook/landing/current.py).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from duebook.adapters.engine.relations import columns_of
from duebook.contract import Table
from duebook.sql_text import identifier, literal

MOMENTS = "moments"
# A moment is later than every landed version by at least this, so that the order of files never decides.
LATER = "interval 1 microsecond"


def versions(table: Table, files: Sequence[Path]) -> str:
    """SQL of all versions in files that adapters landed: key, updated_at, is_deleted, file.

    Args:
        table: whose rows they are.
        files: Parquet files of that table; may be none.
    """
    columns = (
        "cast(null as timestamp) as updated_at, cast(null as boolean) as is_deleted, cast(null as varchar) as file"
    )
    if not files:
        return f"select cast(null as varchar) as key, {columns} where false"
    listed = ", ".join(map(literal, files))
    return (
        f"select {key_of(table)} as key, updated_at, coalesce(is_deleted, false) as is_deleted, file from ("
        f"select * from read_parquet([{listed}], union_by_name = true, filename = 'file') "
        f"union all by name select {columns} where false)"
    )


def give_moments(
    con: duckdb.DuckDBPyConnection,
    to_land: str,
    table: Table,
    *,
    own: Sequence[Path],
    others: Sequence[Path],
    begun: Sequence[Path],
    is_full: bool,
) -> None:
    """Give rows the moment of their landing, as docs/decisions/0106-deleted-rows-may-come-back.md says.

    Args:
        con: where the rows are.
        to_land: the rows to land of a table, with a column `difference`.
        table: the contract's table.
        own: the files in which the source landed it before.
        others: those in which other sources did.
        begun: those of this landing, if it was killed before: a row keeps the moment that it has there.
        is_full: the export is all there is, so its rows count whatever else was landed.
    """
    columns = columns_of(con, to_land)
    dated = "made.updated_at" if "updated_at" in columns else "cast(null as timestamp)"
    deleted = "coalesce(made.is_deleted, false)" if "is_deleted" in columns else "false"
    # In UTC, as the contract has it.
    now = f"timestamp {literal(datetime.now(UTC).replace(tzinfo=None))}"
    con.execute(
        f"create or replace temp table {MOMENTS} as "
        "with landed as ("
        f"select key, max(updated_at) as latest from ({versions(table, [*own, *others])}) group by key), "
        f"of_others as (select distinct key from ({versions(table, others)})), "
        f"begun as (select key, max(updated_at) as at from ({versions(table, begun)}) group by key), "
        f"made as (select {key_of(table, 'made')} as key, {dated} as updated_at, {deleted} as is_deleted, difference "
        f"from {to_land} as made) "
        f"select made.key, greatest(coalesce(begun.at, {now}), landed.latest + {LATER}) as moment "
        "from made left join landed using (key) left join begun using (key) where case "
        "when made.updated_at is null then made.is_deleted or greatest(landed.latest, begun.at) is not null "
        "or made.key in (select key from of_others) "
        f"else made.updated_at < greatest(landed.latest, begun.at) and ({is_full} or difference = 'new') end"
    )
    [(given,)] = con.execute(f"select count(*) from {MOMENTS}").fetchall()
    if given:
        con.execute(f"alter table {to_land} add column if not exists updated_at timestamp")
        con.execute(f"update {to_land} set updated_at = moment from {MOMENTS} where {MOMENTS}.key = {key_of(table)}")


def key_of(table: Table, of: str | None = None) -> str:
    """SQL of a row's key as a JSON list of texts."""
    prefix = f"{of}." if of else ""
    parts = ", ".join(f"cast({prefix}{identifier(name)} as varchar)" for name in table.key)
    return f"cast(json_array({parts}) as varchar)"
