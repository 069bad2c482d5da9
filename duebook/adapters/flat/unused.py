"""Columns of a list that its mapping doesn't take, and that look as if figures were other ones with them.

Here: currencies, exchange rates, marks of disputed documents, due dates and other days. Not here: columns
that the mapping names and the file lacks (rows.py), what is proposed for a file nobody described (guessing.py).
"""

from collections.abc import Iterator, Sequence

import duckdb

from duebook.adapters.flat.cells import text
from duebook.adapters.flat.looks import ALIKE, DATE_FORMATS, NUMBER, alike, parses, plain, says_nothing
from duebook.adapters.flat.mapping import Grain, GrainField, Mapping, read_grain
from duebook.reference import CURRENCIES, codes
from duebook.settings import Settings
from duebook.sql_text import identifier
from duebook.words import counted

# Different cells of a column that are looked at, and shown.
MOST_LOOKED_AT, MOST_SHOWN = 200, 5
# The grain that has a field for disputes, and the field.
OF_DISPUTES, DISPUTED = "invoice", "is_disputed"
_NO = {"no", "n", "false", "f", "0", "nein", "non", "falsch", "faux", "-"}


def unused_lines(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, grain: Grain, columns: Sequence[str], settings: Settings
) -> Iterator[str]:
    """Say which columns nobody takes look as if they mattered: a line each.

    Args:
        con: where the rows are: `kept_cells` as the file has them, `flat_rows` as they were read.
        mapping: what takes a column.
        grain: its fields.
        columns: the columns of the file.
        settings: whose home's reference data say which currencies there are.
    """
    used = {one.casefold() for name in mapping.columns for one in mapping.column_of(name).columns}
    used |= {column.casefold() for column in [*mapping.keep, *(skip.column for skip in mapping.file.skip)]}
    known = codes(*CURRENCIES, settings).values
    for column in columns:
        if column.casefold() in used:
            continue
        cells = _cells(con, column)
        if not cells:
            continue
        if _lacks(mapping, grain, "currency_code") and _are_currencies(cells, known, mapping):
            yield _currency_line(column, cells, mapping)
        elif _lacks(mapping, grain, "exchange_rate") and _are_rates(con, column, cells, grain):
            yield _line(column, cells, "an exchange rate", "If it is one, map it to exchange_rate.")
        elif _lacks(mapping, grain, "due_date") and _are_due_dates(column, cells, grain):
            yield _line(column, cells, "a due date", "If it is one, map it to due_date.")
        elif mapping.column_of(DISPUTED) is None and _are_marks(column, cells, grain):
            yield _line(column, cells, "a mark of disputed or blocked documents", _way_out(grain))
        elif (free := _free_dates(mapping, grain)) and _are_dates(cells):
            yield _line(column, cells, "dates", f"If they are one of {', '.join(free)}, map it to that.")


def _cells(con: duckdb.DuckDBPyConnection, column: str) -> dict[str, int]:
    """The different cells of a column, the most frequent first, each with its number of rows; without empty ones."""
    cell = text(identifier(column))
    return dict(
        con.execute(
            f"select {cell} as cell, count(*) as of_rows from kept_cells where {cell} is not null "
            f"group by 1 order by 2 desc, 1 limit {MOST_LOOKED_AT}"
        ).fetchall()
    )


def _lacks(mapping: Mapping, grain: Grain, name: str) -> bool:
    return name in grain.fields and mapping.column_of(name) is None


def _is_called(column: str, words: Sequence[str]) -> bool:
    return max((alike(plain(column), word) for word in words), default=0) >= ALIKE


def _are_currencies(cells: dict[str, int], known: frozenset[str], mapping: Mapping) -> bool:
    """Whether all cells are currencies, and not only the one that all rows are said to be in."""
    return cells.keys() <= known and set(cells) != {mapping.constants.get("currency_code")}


def _currency_line(column: str, cells: dict[str, int], mapping: Mapping) -> str:
    said = mapping.constants.get("currency_code")
    counts = f"; all rows count as {said}" if said and said != "?" else ""
    found = ", ".join(f"{currency} in {counted(rows, 'row')}" for currency, rows in list(cells.items())[:MOST_SHOWN])
    return (
        f"Look at: the column {column} holds currencies ({found}), and nothing takes it{counts}. If it says what "
        "currency a row is in, map it to currency_code."
    )


def _are_rates(con: duckdb.DuckDBPyConnection, column: str, cells: dict[str, int], grain: Grain) -> bool:
    """Whether a column is called as rates are, has numbers, and the rows are in several currencies."""
    words = grain.fields["exchange_rate"].words
    # `Tax rate` is no exchange rate.
    is_called = plain(column) in words or _is_called(column, [word for word in words if " " in word])
    if not is_called or not all(map(NUMBER.fullmatch, cells)):
        return False
    own = "company_currency" if "company_currency" in grain.fields else "null"
    [(currencies,)] = con.execute(
        f"select count(distinct code) from (select unnest([currency_code, {own}]) as code from flat_rows)"
    ).fetchall()
    return currencies > 1


def _are_due_dates(column: str, cells: dict[str, int], grain: Grain) -> bool:
    return _is_called(column, grain.fields["due_date"].words) and _are_dates(cells)


def _are_dates(cells: dict[str, int]) -> bool:
    """Whether most cells are days, written with signs between: 20240131 may be a number, too."""
    said = [cell for cell in cells if not cell.isdigit() and not says_nothing(cell)]
    dates = sum(any(parses(cell, one) for one in DATE_FORMATS) for cell in said)
    return bool(said) and dates >= ALIKE * sum(not says_nothing(cell) for cell in cells)


def _free_dates(mapping: Mapping, grain: Grain) -> list[str]:
    """Days that rows may have and that the mapping has no column for."""
    days = [name for name, one in grain.fields.items() if one.type == "date"]
    return [name for name in days if _lacks(mapping, grain, name) and name not in mapping.constants]


def _are_marks(column: str, cells: dict[str, int], grain: Grain) -> bool:
    """Whether a column is called as disputes are, in a list of documents, and says more than no."""
    if "due_date" not in grain.fields:
        return False
    field = _disputed()
    return _is_called(column, [*field.words, *field.perhaps]) and any(cell.casefold() not in _NO for cell in cells)


def _way_out(grain: Grain) -> str:
    if DISPUTED in grain.fields:
        return f"If it says which are disputed, map it to {DISPUTED}."
    return (
        f"Lists of this grain have no field for it: dispute KPIs take a list of the grain {OF_DISPUTES} ({DISPUTED}), "
        "or files of disputes."
    )


def _disputed() -> GrainField:
    return read_grain(OF_DISPUTES).fields[DISPUTED]


def _line(column: str, cells: dict[str, int], looks_like: str, to_do: str) -> str:
    shown = ", ".join(map(repr, list(cells)[:MOST_SHOWN]))
    more = ", ..." if len(cells) > MOST_SHOWN else ""
    rows = counted(sum(cells.values()), "row")
    return (
        f"Look at: the column {column} ({rows}: {shown}{more}) looks like {looks_like}, and nothing takes it. {to_do}"
    )
