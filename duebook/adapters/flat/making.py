"""From a list and its mapping to the contract's rows: the flat adapter's place in the engine."""

from collections.abc import Callable

import duckdb

from duebook.adapters.definition import Adapter, AdapterError, Definition, UserOptions
from duebook.adapters.extracting import run_selects
from duebook.adapters.flat.mapping import FLAT_DIR, Mapping, options_of, read_grain
from duebook.adapters.flat.reading import list_files, read_cells
from duebook.adapters.flat.rows import make_rows
from duebook.adapters.made import Made
from duebook.adapters.rendering import Names
from duebook.adapters.tie import tie
from duebook.contract import Contract

FLAT = "flat"


def make_of_list(
    con: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    place: str,
    user: UserOptions,
    contract: Contract,
    log: Callable[[str], None],
) -> Made:
    """Read a list and make the contract's rows of it.

    Raises:
        AdapterError: cells can't be used, or the rows made of the others can't; a line for each kind of fault.
    """
    grain = read_grain(mapping.grain)
    files = list_files(place)
    columns = read_cells(con, files, mapping.file, mapping.numbers.decimal)
    [(lines,)] = con.execute("select count(*) from cells").fetchall()
    log(f"{', '.join(map(str, files))}: {lines:,} rows, read as {mapping.grain} by the mapping {mapping.name}.")
    faults = make_rows(con, mapping, grain, columns)
    folder = FLAT_DIR / mapping.grain
    adapter = Adapter(folder, Definition(adapter=FLAT, description=grain.says, shapes={}, limits=grain.limits))
    names = Names(FLAT, {"rows": "flat_rows", "dropped": "flat_dropped"}, options_of(mapping, grain))
    try:
        made = run_selects(con, adapter, mapping.grain, names, contract)
    except AdapterError as error:
        raise AdapterError("\n".join([*faults, str(error)])) from None
    if faults:
        raise AdapterError("\n".join(faults))
    missing = [name for name in grain.fields if name not in {**mapping.columns, **mapping.constants}]
    return Made(f"{FLAT}-{mapping.name}", mapping.grain, missing, grain.limits, made, tie(made, user.tolerance))
