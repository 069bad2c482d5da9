"""What an adapter can give, told from its SELECTs over tables without rows: the contract's columns it fills.

For pages and tests; a landing says what really came (coverage.py).
"""

from collections.abc import Mapping

import duckdb

from duebook.adapters.cash.kept import DECISIONS, keep
from duebook.adapters.cash.person_files import read_payers
from duebook.adapters.engine.definition import Adapter, Definition, UserOptions, chosen_options
from duebook.adapters.engine.extracting import Extracted, run_selects, run_views
from duebook.adapters.engine.relations import columns_of
from duebook.adapters.engine.rendering import Names
from duebook.adapters.engine.views import empty_tables
from duebook.adapters.flat.cells import SQL_TYPES
from duebook.adapters.flat.making import FLAT, TABLES
from duebook.adapters.flat.mapping import FLAT_DIR, read_grain
from duebook.adapters.flat.snapshots import make_held
from duebook.contract import Contract


def given_by_tables(adapter: Adapter, shape: str, contract: Contract) -> Mapping[str, frozenset[str]]:
    """Name, by the contract's table, the columns that an adapter's SELECTs give in one shape.

    Raises:
        AdapterError: a SELECT can't be run.
    """
    with duckdb.connect() as con:
        names = Names(adapter.name, empty_tables(con, adapter, shape), chosen_options(adapter, UserOptions()))
        run_views(con, adapter, shape, names)
        return _columns(run_selects(con, adapter, names, contract))


def given_by_list(grain: str, contract: Contract) -> Mapping[str, frozenset[str]]:
    """Name, by the contract's table, the columns that lists of a grain give.

    Raises:
        AdapterError: a SELECT can't be run.
    """
    fields = read_grain(grain)
    adapter = Adapter(FLAT_DIR / grain, Definition(adapter=FLAT, description=fields.says, shapes={}))
    with duckdb.connect() as con:
        cells = ", ".join(f"{name} {SQL_TYPES[one.type]}" for name, one in fields.fields.items())
        con.execute(f"create temp table flat_rows ({cells}, _file varchar, _row bigint)")
        con.execute("create temp table flat_dropped (source_table varchar, source_id varchar, reason varchar)")
        read_payers(con, None)
        keep(con, DECISIONS, [])
        make_held(con, None, None)
        names = Names(FLAT, TABLES, {name: option.default for name, option in fields.options.items()})
        run_views(con, adapter, grain, names)
        return _columns(run_selects(con, adapter, names, contract))


def _columns(made: Extracted) -> Mapping[str, frozenset[str]]:
    return {table: frozenset(columns_of(made.con, relation)) for table, relation in made.tables.items()}
