"""From the tables of a source system to the contract's rows."""

from collections.abc import Callable

import duckdb

from duebook.adapters.engine.definition import Adapter, AdapterError, UserOptions, chosen_options
from duebook.adapters.engine.extracting import run_selects, run_views
from duebook.adapters.engine.made import Made
from duebook.adapters.engine.rendering import Names
from duebook.adapters.engine.required import empty_lines
from duebook.adapters.engine.sources import Source
from duebook.adapters.engine.tie import tie
from duebook.adapters.engine.views import read_tables
from duebook.contract import Contract
from duebook.words import counted


def make_of_tables(
    con: duckdb.DuckDBPyConnection,
    adapter: Adapter,
    place: str,
    user: UserOptions,
    contract: Contract,
    log: Callable[[str], None],
) -> Made:
    """Read a source's tables and make the contract's rows of them.

    Raises:
        AdapterError: the source or the adapter can't be used; a line for each problem.
    """
    options = chosen_options(adapter, user)
    source = Source(con, place)
    log(f"Reading {source.place} as {adapter.name}.")
    views = read_tables(con, source, adapter, user)
    rows, tables = counted(sum(views.rows.values()), "row"), counted(len(views.rows), "table")
    log(f"{adapter.name} in the shape {views.shape}: {rows} of {tables}.")
    names = Names(adapter.name, views.relations, options)
    run_views(con, adapter, views.shape, names)
    made = run_selects(con, adapter, names, contract)
    if faults := list(empty_lines(made, views, adapter.definition.shapes[views.shape], contract)):
        raise AdapterError("\n".join(faults))
    limits = [limit for limit in adapter.definition.limits if not options.get(limit.unless or "")]
    return Made(adapter.name, views.shape, views.missing, limits, made, tie(made, user.tolerance))
