"""Lists of which no row is settled: what they can't say, and from which month on figures are true all the same.

Not here: lists of all that is open, compared with what the landing holds (snapshots.py).
"""

from datetime import date
from pathlib import Path

import duckdb

from duebook.adapters.engine.definition import Limit
from duebook.adapters.engine.made import TrueFrom
from duebook.adapters.engine.state import kept_rows, landings_of
from duebook.adapters.flat.mapping import Grain
from duebook.settings import yesterday
from duebook.sql_text import identifier

# What the state keeps of the day of the first list that was landed.
FIRST_LIST = "flat_first_list"


def is_open_list(con: duckdb.DuckDBPyConnection, grain: Grain) -> bool:
    """Whether a list has open documents only: none of its rows says that it was settled."""
    if not grain.settled_by:
        return False
    [(settled,)] = con.execute(f"select count(coalesce({', '.join(grain.settled_by)})) from flat_rows").fetchall()
    return not settled


def make_first_list(con: duckdb.DuckDBPyConnection, grain: Grain, day: date | None, state: Path) -> None:
    """Make the table `FIRST_LIST`, of one day; without rows, where nobody has kept it.

    Args:
        con: where it is made.
        grain: the fields of `flat_rows`.
        day: the day of this list, where it has one; otherwise it is of its last document.
        state: what is kept of the list's landings.
    """
    con.execute(f"create or replace temp table {FIRST_LIST} (day date)")
    kept = kept_rows(state, FIRST_LIST)
    if not kept and not landings_of(state):
        kept = [(day or _last_document(con, grain),)]
    if kept:
        con.execute(f"insert into {FIRST_LIST} values (?)", kept[0])


def _last_document(con: duckdb.DuckDBPyConnection, grain: Grain) -> date | None:
    dated = next(name for name, one in grain.fields.items() if one.type == "date" and one.required)
    last = f"select max({identifier(dated)}) from flat_rows where {identifier(dated)} <= ?"
    [(day,)] = con.execute(last, [yesterday()]).fetchall()
    return day


def true_from(con: duckdb.DuckDBPyConnection) -> TrueFrom | None:
    """From when on figures are true, by the first list; None where its day isn't known."""
    days = con.execute(f"select day, date_trunc('month', day) + interval 1 month from {FIRST_LIST}").fetchall()
    return next((TrueFrom(day, month.date()) for day, month in days if day is not None), None)


def limit_of(limit: Limit, since: TrueFrom | None) -> Limit:
    """What the list can't say, with the month from which on it doesn't matter any more."""
    if since is None:
        return limit
    more = (
        f"With lists landed from now on they are true from {since.month:%B %Y} on, the first whole month after the "
        f"list of {since.day}."
    )
    return limit.model_copy(update={"says": f"{limit.says} {more}"})
