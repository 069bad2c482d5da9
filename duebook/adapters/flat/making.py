"""From a list and its mapping to the contract's rows: the flat adapter's place in the engine."""

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from duebook.adapters.cash.deciding import decide
from duebook.adapters.cash.kept import DECISIONS
from duebook.adapters.cash.person_files import read_payers
from duebook.adapters.engine.definition import OWN_BALANCE, Adapter, AdapterError, Definition, UserOptions
from duebook.adapters.engine.described import OF_GRAIN
from duebook.adapters.engine.extracting import run_selects, run_views
from duebook.adapters.engine.held import leave_out_other_companies, read_held
from duebook.adapters.engine.made import Made
from duebook.adapters.engine.rendering import Names
from duebook.adapters.engine.state import kept_rows, landings_of, state_file, unfinished
from duebook.adapters.engine.tie import tie
from duebook.adapters.flat.checking import doubtful_lines, negative_lines, refused_lines, swapped_lines
from duebook.adapters.flat.currencies import unknown_currencies
from duebook.adapters.flat.keeping import beside_rows, keeping_faults
from duebook.adapters.flat.mapping import FLAT_DIR, OF_SNAPSHOTS, Mapping, options_of, read_grain
from duebook.adapters.flat.open_only import FIRST_LIST, is_open_list, limit_of, make_first_list, true_from
from duebook.adapters.flat.reading import list_files, read_cells
from duebook.adapters.flat.rows import absent_columns, make_rows
from duebook.adapters.flat.snapshots import (
    CHANGES,
    HELD,
    change_lines,
    day_of,
    gone_lines,
    make_held,
    refuse_unlikely,
)
from duebook.adapters.flat.unused import unused_lines
from duebook.contract import Contract
from duebook.settings import Settings
from duebook.sql_text import literal
from duebook.words import counted

FLAT = "flat"
# Grains whose payments have to be applied by rules.
PAYMENTS = "flat__payments"
# What names a line of these that has no id.
NAMED_BY = ("company_id", "account", "customer_id", "payer", "receipt_date", "currency_code", "amount", "reference")
# What a grain's SELECTs know as `source('flat', ...)`.
TABLES = {"rows": "flat_rows", "dropped": "flat_dropped", "payers": "flat_payers", "decisions": DECISIONS, "held": HELD}


def make_of_list(
    con: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    place: str,
    user: UserOptions,
    settings: Settings,
    contract: Contract,
    log: Callable[[str], None],
    *,
    is_paid_apart: bool = False,
) -> Made:
    """Read a list and make the contract's rows of it.

    Args:
        con: where the rows are made.
        mapping: what the list's columns are.
        place: its file or files.
        user: what is said of it besides.
        settings: whose landing and state count.
        contract: the tables.
        log: gets a line on what is read.
        is_paid_apart: other sources say what was paid, so that nothing of this list needs to be settled by itself.

    Raises:
        AdapterError: cells can't be used, or the rows made of the others can't; a line for each kind of fault.
    """
    grain, name = read_grain(mapping.grain), f"{FLAT}-{mapping.name}"
    _refuse_state_of_another(con, mapping, state_file(settings, name))
    files = list_files(place)
    columns, faults = read_cells(con, files, mapping.file, mapping.numbers.decimal)
    [(lines,)] = con.execute("select count(*) from cells").fetchall()
    log(
        f"{', '.join(map(str, files))}: {counted(lines, 'row')}, read as {mapping.grain} by the mapping {mapping.name}."
    )
    lacks_columns, of_cells = make_rows(con, mapping, grain, columns)
    lacks_columns += keeping_faults(mapping, columns)
    faults += lacks_columns + of_cells
    faults += unknown_currencies(con, mapping, grain, settings)
    if lacks_columns:
        # What is made of the other columns would have faults that the file doesn't.
        raise AdapterError("\n".join(faults))
    adapter = Adapter(FLAT_DIR / mapping.grain, Definition(adapter=FLAT, description=grain.says, shapes={}))
    options = options_of(mapping, grain, user.options)
    read_payers(con, options.get("payers"))
    has_open_only = is_open_list(con, grain)
    day = day_of(mapping, files, user, has_open_only=has_open_only)
    held = None
    if OWN_BALANCE in adapter.table_files:
        held = read_held(con, name, settings, contract, unfinished(state_file(settings, name)))
    if held is not None:
        leave_out_other_companies(held, "flat_rows")
    elif day is not None and landings_of(state_file(settings, name)):
        raise AdapterError(
            f"exports: snapshot compares the list with the landing, and {settings.landing} has no file of it: name the "
            "LANDING that it was landed in before."
        )
    make_held(con, held, day)
    of_snapshot: list[str] = []
    names = Names(FLAT, TABLES, options)
    keeps = {OF_GRAIN: OF_GRAIN}
    if grain.open_only is not None:
        make_first_list(con, grain, day, state_file(settings, name))
        keeps[FIRST_LIST] = FIRST_LIST
    faults += refused_lines(con, mapping, names)
    try:
        run_views(con, adapter, mapping.grain, names)
        if held is not None and day is not None:
            refuse_unlikely(con, held, names.refs[CHANGES], user, day)
            of_snapshot = list(change_lines(con, names.refs[CHANGES], day))
        if PAYMENTS in names.refs:
            state, is_full = state_file(settings, name), user.exports == "full"
            named_by = _named_by(mapping, columns)
            payments = names.refs[PAYMENTS]
            keeps |= decide(con, payments, options, named_by, state, settings, contract, log, is_full=is_full)
        made = run_selects(con, adapter, names, contract, beside_rows(con, mapping, grain))
    except AdapterError as error:
        raise AdapterError("\n".join([*faults, str(error)])) from None
    if faults:
        raise AdapterError("\n".join(faults))
    absent = absent_columns(mapping, columns)
    there = {name for name, one in absent.items() if not one or mapping.column_of(name).default is not None}
    missing = [one for one in grain.fields if one not in {*there, *mapping.constants}]
    # What is gone from a full export gets a tombstone.
    stays = user.exports != "full"
    tied = tie(made, user.tolerance, held, has_all=has_open_only and stays, is_own_amount=mapping.grain == OF_SNAPSHOTS)
    warnings = [*of_snapshot, *(gone_lines(made, held) if stays else []), *doubtful_lines(con, mapping, grain, names)]
    warnings += [*swapped_lines(con, mapping, grain), *negative_lines(con, mapping, grain, user.options)]
    warnings += unused_lines(con, mapping, grain, columns, settings)
    limits, since = list(grain.limits), None
    # A list of all that is open lacks what was paid before it, whoever says what is paid from then on.
    if has_open_only and grain.open_only is not None and (day is not None or not is_paid_apart):
        since = true_from(con)
        limits.append(limit_of(grain.open_only, since))
        warnings.append(f"Warning: {limits[-1].says}")
    return Made(name, mapping.grain, missing, limits, made, tied, keeps, warnings, since)


def _refuse_state_of_another(con: duckdb.DuckDBPyConnection, mapping: Mapping, state: Path) -> None:
    """Make what the state keeps of this list, and refuse one that has the name of a list of another grain.

    Raises:
        AdapterError: two lists have one name.
    """
    before = kept_rows(state, OF_GRAIN)
    if before and before[0] != (mapping.grain,):
        raise AdapterError(
            f"A list of the grain {before[0][0]} has been landed as {mapping.name} in this home ({state.name}): give "
            f"this one, of the grain {mapping.grain}, a `name` of its own in its mapping."
        )
    con.execute(f"create or replace temp table {OF_GRAIN} as select {literal(mapping.grain)} as grain")


def _named_by(mapping: Mapping, columns: Sequence[str]) -> dict[str, str]:
    """By field that names a line without an id, the column or the constant it comes from."""
    there = {column.casefold() for column in columns}
    found = {}
    for field in NAMED_BY:
        column = mapping.column_of(field)
        if column is not None and there.issuperset(one.casefold() for one in column.columns):
            found[field] = " and ".join(column.columns)
        elif mapping.constants.get(field) is not None:
            found[field] = f"always {mapping.constants[field]}"
    return found
