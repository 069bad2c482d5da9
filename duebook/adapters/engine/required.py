"""Rows that an adapter makes without a value that the contract requires, by the place in the source they come from.

Here: finding them before anything is landed. Not here: cells that can't be cast, and keys of the source (views.py);
conditions on values and references (duebook/landing).
"""

from collections.abc import Iterator, Mapping, Sequence

from duebook.adapters.engine.definition import Shape
from duebook.adapters.engine.extracting import Extracted
from duebook.adapters.engine.lines import MOST_SHOWN
from duebook.adapters.engine.relations import columns_of
from duebook.adapters.engine.views import SourceViews, places_of
from duebook.contract import Contract, Table
from duebook.sql_text import identifier
from duebook.words import counted


def empty_lines(made: Extracted, views: SourceViews, shape: Shape, contract: Contract) -> Iterator[str]:
    """Say which rows have no value where the contract requires one: a line a column, with the first rows.

    Args:
        made: the rows of the contract's tables; tombstones need their keys only.
        views: the source's tables.
        shape: their keys.
        contract: says what is required.
    """
    for name, relation in made.tables.items():
        table = contract.table(name)
        given = columns_of(made.con, relation)
        standing = "is_deleted is not true" if "is_deleted" in given else "true"
        for column in table.required_columns:
            empty = made.con.execute(
                f"select {', '.join(map(identifier, table.key))}, count(*) over () from {relation} "
                f"where {identifier(column)} is null and {standing} order by all limit {MOST_SHOWN}"
            ).fetchall()
            if empty:
                keys = [dict(zip(table.key, row, strict=False)) for row in empty]
                shown = "; ".join(_named(made, views, shape, table, key) for key in keys)
                rows = counted(empty[0][-1], "row")
                yield f"{name}.{column}: expected a value, {rows}: {shown}. Fill them in the source."


def _named(made: Extracted, views: SourceViews, shape: Shape, table: Table, key: Mapping[str, object]) -> str:
    """A row by its key, and the place of the row of the source that has this key."""
    said = ", ".join(f"{name} {'empty' if value is None else value}" for name, value in key.items())
    place = _place(made, views, shape, table, str(next(iter(key.values()), "")))
    return f"{said} ({place})" if place else said


def _place(made: Extracted, views: SourceViews, shape: Shape, table: Table, key: str) -> str | None:
    """Where a row of the source has this key; None where no table has it, or several may be meant."""
    found = {
        name: places[0]
        for name, declared in shape.tables.items()
        if len(declared.key) == 1 and (places := places_of(made.con, declared.key[0], views.found[name], key))
    }
    alike = {name: place for name, place in found.items() if _is_of(name, table)}
    candidates: Sequence[str] = list((alike if len(found) > 1 else found).values())
    return candidates[0] if len(candidates) == 1 else None


def _is_of(source_table: str, table: Table) -> bool:
    """Whether a table of the source is called as one of the contract, which are in the plural."""
    return table.name.removesuffix("s").replace("_", "") in source_table.replace("_", "").casefold()
