"""What an adapter makes of its source: rows of the contract's tables, in the contract's types.

Here: running the SELECTs, casting what they give, and refusing columns and keys the contract can't take. Not here:
conditions on values, and references between rows (duebook/landing checks all files of a landing, these among them).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from duebook.adapters.engine.definition import DROPPED, OWN_BALANCE, Adapter, AdapterError
from duebook.adapters.engine.relations import columns_of
from duebook.adapters.engine.rendering import Names, in_order_of_refs
from duebook.contract import Column, Contract, Table
from duebook.spelling import did_you_mean, nearest
from duebook.sql_text import identifier, literal

# The contract's table of companies: every document is of one.
COMPANIES = "companies"
# What the tie and the summary read: by the file's name, its columns and their types.
BESIDE = {
    OWN_BALANCE: {
        "document_type": "varchar",
        "document_id": "varchar",
        "currency_code": "varchar",
        "open_amount": "decimal(18,4)",
    },
    DROPPED: {"source_table": "varchar", "source_id": "varchar", "reason": "varchar"},
}


@dataclass(frozen=True)
class Extracted:
    """Rows of the contract's tables.

    Attributes:
        con: where they are.
        tables: by the contract's table, the relation that holds its rows; its columns are those that were given.
        rows: by the contract's table, how many.
        filled: by the contract's table, the columns of which at least one row has a value.
        dropped: rows of the source that were left out: table, reason, how many.
        beside: `own_balance` where the adapter gives it.
    """

    con: duckdb.DuckDBPyConnection
    tables: Mapping[str, str]
    rows: Mapping[str, int]
    filled: Mapping[str, frozenset[str]]
    dropped: Sequence[tuple[str, str, int]] = field(default_factory=tuple)
    beside: Mapping[str, str] = field(default_factory=dict)


def in_order(contract: Contract) -> list[Table]:
    """Return the contract's tables so that each comes after those its rows refer to."""
    placed: list[Table] = []
    left = list(contract.tables)
    while left:
        names = {table.name for table in left}
        ready = [table for table in left if not (_referred(table) - {table.name}) & names]
        # Tables that refer to each other in a circle come as they are written.
        placed += ready or left
        left = [table for table in left if table not in placed]
    return placed


def _referred(table: Table) -> set[str]:
    return {column.references for column in table.landed_columns if column.references}


def run_views(con: duckdb.DuckDBPyConnection, adapter: Adapter, shape: str, names: Names) -> None:
    """Run the SELECTs that others of the adapter refer to; `names` knows them then.

    Raises:
        AdapterError: one can't be run.
    """
    for file in in_order_of_refs([*adapter.shape_files(shape), *adapter.common_files]):
        relation = identifier(f"ref.{file.stem}")
        _execute(con, file, f"create or replace temp table {relation} as {names.render(file)}")
        names.refs[file.stem] = relation


def run_selects(
    con: duckdb.DuckDBPyConnection,
    adapter: Adapter,
    names: Names,
    contract: Contract,
    with_columns: Callable[[str, str], str] = lambda _, sql: sql,
) -> Extracted:
    """Run an adapter's SELECTs for the contract's tables.

    Args:
        con: where they are run.
        adapter: the adapter.
        names: what its SELECTs refer to.
        contract: the tables there are.
        with_columns: from a table's name and its SELECT to one that has more columns.

    Raises:
        AdapterError: one can't be run, or gives what the contract can't take; a line for each fault.
    """
    selects = {name: (file, names.render(file)) for name, file in adapter.table_files.items()}
    beside = {}
    for name, columns in BESIDE.items():
        if name in selects:
            file, sql = selects.pop(name)
            beside[name] = identifier(name)
            cast = ", ".join(f"cast({identifier(column)} as {kind}) as {column}" for column, kind in columns.items())
            _execute(con, file, f"create or replace temp table {beside[name]} as select {cast} from ({sql})")
    texts = {name: (str(file), with_columns(name, sql)) for name, (file, sql) in selects.items()}
    made = extracted(con, texts, contract, beside)
    # An empty source is read to see what an adapter gives.
    if COMPANIES in made.tables and any(made.rows.values()):
        _refuse_unknown_companies(made)
    return made


def _refuse_unknown_companies(made: Extracted) -> None:
    """Refuse a source that doesn't say which companies it is of, and in which currencies they keep their books.

    Raises:
        AdapterError: what the user has to say of his source.
    """
    companies = made.con.execute(
        f"select company_id, currency_code from {made.tables[COMPANIES]} order by 1"
    ).fetchall()
    unknown = [company for company, currency in companies if company is None or currency is None]
    if unknown or not companies:
        which = ", ".join(filter(None, unknown)) or "the company"
        raise AdapterError(
            f"The source doesn't say which currency {which} keeps its books in: say it in the options, as in "
            f"`companies: [{{company_id: {unknown[0] if unknown and unknown[0] else 'ACME'}, currency: EUR}}]`."
        )


def extracted(
    con: duckdb.DuckDBPyConnection,
    selects: Mapping[str, tuple[str, str]],
    contract: Contract,
    beside: Mapping[str, str],
) -> Extracted:
    """Make tables of SELECTs, in the contract's types.

    Args:
        con: where they are run.
        selects: by the contract's table, where the SELECT stands, for messages, and its text.
        contract: the tables there are.
        beside: relations of `own_balance` and `dropped`.

    Raises:
        AdapterError: a line for each fault of any table.
    """
    tables: dict[str, str] = {}
    rows: dict[str, int] = {}
    filled: dict[str, frozenset[str]] = {}
    faults: list[str] = []
    for table in in_order(contract):
        if table.name not in selects:
            continue
        place, sql = selects[table.name]
        relation = identifier(f"landed.{table.name}")
        _execute(con, place, f"create or replace temp table {identifier(f'given.{table.name}')} as {sql}")
        found = _faults(con, place, table)
        faults += found
        if found:
            continue
        con.execute(f"create or replace temp table {relation} as {_typed(con, table)}")
        tables[table.name] = relation
        filled[table.name], rows[table.name] = _filled(con, relation)
    if faults:
        raise AdapterError("\n".join(faults))
    dropped = []
    if DROPPED in beside:
        counted = f"select source_table, reason, count(*) from {beside[DROPPED]} group by all order by all"
        dropped = con.execute(counted).fetchall()
    return Extracted(
        con, tables, rows, filled, dropped, {OWN_BALANCE: beside[OWN_BALANCE]} if OWN_BALANCE in beside else {}
    )


def _execute(con: duckdb.DuckDBPyConnection, place: Path | str, statement: str) -> None:
    try:
        con.execute(statement)
    except duckdb.Error as error:
        raise AdapterError(f"{place}: {error}") from None


def _faults(con: duckdb.DuckDBPyConnection, place: str, table: Table) -> list[str]:
    given = columns_of(con, identifier(f"given.{table.name}"))
    known = {column.name: column for column in table.landed_columns}
    lines = []
    for name in table.required_columns:
        if name not in given:
            near = nearest(name, [one for one in given if one not in known])
            lines.append(
                f"{place}: {table.name} needs the column {name}" + (f": {did_you_mean(near)}" if near else ".")
            )
    relation = identifier(f"given.{table.name}")
    for name in given:
        column = known.get(name)
        if column is None:
            continue
        value = identifier(name)
        bad = con.execute(
            f"select {_key_shown(table, given)}, cast({value} as varchar), count(*) over () from {relation} "
            f"where {value} is not null and try_cast({value} as {column.sql_type}) is null order by all limit 1"
        ).fetchone()
        if bad:
            row, shown, number = bad
            lines.append(f"{place}: {table.name}.{name}: {shown!r} ({row}) is no {column.data_type} ({number:,} rows).")
    if not lines:
        key = ", ".join(map(identifier, table.key))
        twice = con.execute(
            f"select {_key_shown(table, given)}, count(*) over () from {relation} "
            f"group by {key} having count(*) > 1 order by all limit 1"
        ).fetchone()
        if twice:
            more = f", and {twice[1] - 1:,} more keys do" if twice[1] > 1 else ""
            lines.append(f"{place}: {table.name}: {twice[0]} stands for several rows{more}.")
    return lines


def _key_shown(table: Table, given: Sequence[str]) -> str:
    """SQL of a row's key, as a message names it."""
    there = [name for name in table.key if name in given]
    parts = [f"{literal(name + ' ')} || coalesce(cast({identifier(name)} as varchar), 'null')" for name in there]
    return " || ', ' || ".join(parts) or "'a row'"


def _typed(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """SQL of the rows in the contract's types: its columns in its order, then those it doesn't know, as text."""
    given = columns_of(con, identifier(f"given.{table.name}"))
    known: dict[str, Column] = {column.name: column for column in table.landed_columns}
    cells = [
        f"cast({identifier(name)} as {one.sql_type}) as {identifier(name)}"
        for name, one in known.items()
        if name in given
    ]
    cells += [f"cast({identifier(name)} as varchar) as {identifier(name)}" for name in given if name not in known]
    return f"select {', '.join(cells)} from {identifier(f'given.{table.name}')}"


def _filled(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[frozenset[str], int]:
    names = columns_of(con, relation)
    counts = ", ".join(f"count({identifier(name)})" for name in names)
    *filled, rows = con.execute(f"select {counts}, count(*) from {relation}").fetchone()
    return frozenset(name for name, number in zip(names, filled, strict=True) if number), rows
