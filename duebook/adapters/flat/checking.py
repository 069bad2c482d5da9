"""Rows of a list as a whole: those that contradict themselves, and those that a person should look at.

Here: running a grain's checks (adapters/flat/<grain>/checks) and saying what they find. Not here: cells that can't be
read (rows.py), conditions of the contract (duebook/landing).
"""

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import duckdb

from duebook.adapters.engine.lines import FILE, MOST_SHOWN, ROW
from duebook.adapters.engine.rendering import Names
from duebook.adapters.flat.looks import plain
from duebook.adapters.flat.mapping import FLAT_DIR, Grain, Mapping
from duebook.settings import yesterday
from duebook.sql_text import identifier, literal
from duebook.words import counted, money

# A SELECT of rows that can't be used: _file, _row, field, cell, expected, advice.
REFUSED = "refused.sql"
# A SELECT of rows that can be used and look wrong: _file, _row, field, cell, says.
DOUBTFUL = "doubtful.sql"
# A date farther away than this from the middle one of its column is likely to be misspelt.
MOST_YEARS = 10
# Of at least so many days this share is nearly all.
FEWEST_DAYS, NEARLY_ALL = 5, 0.9
# What says of a row below zero what it is: its kind, or an option for all.
KIND, NEGATIVE_IS = "kind", "negative_is"
DUE = "due_date"


def refused_lines(con: duckdb.DuckDBPyConnection, mapping: Mapping, names: Names) -> list[str]:
    """Say which rows contradict themselves: a line for each kind of fault, with the first rows that have it.

    Args:
        con: where `flat_rows` is.
        mapping: says what the fields' columns are called, and the grain whose checks are run.
        names: what the checks may name.

    Raises:
        AdapterError: a check can't be run.
    """
    if not (check := _check(mapping, REFUSED)).exists():
        return []
    return [
        f"{_named(mapping, field)}: expected {expected}, {counted(rows, 'row')}: {shown}. {advice}"
        for (field, expected, advice), rows, shown in _found(con, names.render(check), "field, expected, advice")
    ]


def doubtful_lines(con: duckdb.DuckDBPyConnection, mapping: Mapping, grain: Grain, names: Names) -> Iterator[str]:
    """Say which rows look wrong and are landed as they are: their dates contradict each other, or are far away.

    Args:
        con: where `flat_rows` is.
        mapping: says what the fields' columns are called, and the grain whose checks are run.
        grain: its fields.
        names: what the checks may name.

    Raises:
        AdapterError: a check can't be run.
    """
    dates = [name for name, one in grain.fields.items() if one.type == "date" and mapping.column_of(name)]
    selects = [_far_away(name) for name in dates]
    selects += [_to_come(name) for name in dates if name in grain.settled_by]
    if (check := _check(mapping, DOUBTFUL)).exists():
        selects.append(names.render(check))
    if selects:
        united = " union all ".join(f"({one})" for one in selects)
        for (field, says), rows, shown in _found(con, united, "field, says"):
            yield f"Look at: {_named(mapping, field)}: {says}, {counted(rows, 'row')}, landed as they are: {shown}."


def negative_lines(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, grain: Grain, of_user: Container[str]
) -> list[str]:
    """Say what amounts below zero are taken for, where nobody said it: a line, if there are any.

    Args:
        con: where `flat_rows` is.
        mapping: says the kind of rows, or what those below zero are.
        grain: whose default counts, where it has one.
        of_user: the options that the user gives besides.
    """
    option = grain.options.get(NEGATIVE_IS)
    is_said = NEGATIVE_IS in mapping.options or NEGATIVE_IS in of_user
    if option is None or is_said or mapping.column_of(KIND) or mapping.constants.get(KIND):
        return []
    sums = con.execute(
        "select currency_code, sum(amount), count(*) from flat_rows where amount < 0 group by 1 order by 1"
    ).fetchall()
    if not sums:
        return []
    rows = counted(sum(number for *_, number in sums), "row")
    total = ", ".join(money(currency, amount) for currency, amount, _ in sums)
    other = next(one for one in option.one_of if one != option.default)
    return [
        f"Warning: {rows} below zero ({total} in all), and no kind that says what they are: each counts as a "
        f"{option.default}. Map {KIND}, if a column says it; or say options: {{{NEGATIVE_IS}: {other}}} where they are "
        f"credit memos, or {{{NEGATIVE_IS}: {option.default}}} where they are payments."
    ]


def swapped_lines(con: duckdb.DuckDBPyConnection, mapping: Mapping, grain: Grain) -> Iterator[str]:
    """Say which columns of days seem to be mapped to each other's fields, by their names and by the days they have.

    Args:
        con: where `flat_rows` is.
        mapping: which column each field has.
        grain: its fields.
    """
    for settled in grain.settled_by:
        of_document = next(name for name, one in grain.fields.items() if one.type == "date" and one.required)
        pairs = ((settled, DUE), (DUE, settled))
        swapped = [
            f"{_named(mapping, one)} is called as columns of {other} are"
            for one, other in pairs
            if _is_called_as(mapping, grain, one, other)
        ]
        if swapped:
            yield f"Warning: {', and '.join(swapped)}: look whether {settled} and {DUE} are swapped in the mapping."
        days, early = con.execute(
            f"select count({identifier(settled)}), count(*) filter ({identifier(settled)} < {identifier(of_document)}) "
            "from flat_rows"
        ).fetchall()[0]
        if days >= FEWEST_DAYS and early >= NEARLY_ALL * days:
            yield (
                f"Warning: {_named(mapping, settled)}: {early:,} of {counted(days, 'day')} lie before the day of the "
                f"document, {_named(mapping, of_document)}: look whether the mapping has the right column for each."
            )


def _is_called_as(mapping: Mapping, grain: Grain, name: str, other: str) -> bool:
    """Whether a field's column has a name of another field, and none of its own."""
    column = mapping.column_of(name)
    called = {plain(one) for one in column.columns} if column else set()
    return bool(called & {*grain.fields[other].words} - {*grain.fields[name].words})


def _far_away(name: str) -> str:
    column = identifier(name)
    middle = f"(select cast(median({column}) as date) from flat_rows)"
    return (
        f"select {FILE}, {ROW}, {literal(name)} as field, cast({column} as varchar) as cell, "
        f"'more than {MOST_YEARS} years away from most others' as says from flat_rows "
        f"where abs(date_diff('day', {middle}, {column})) > {MOST_YEARS} * 366"
    )


def _to_come(name: str) -> str:
    column = identifier(name)
    return (
        f"select {FILE}, {ROW}, {literal(name)} as field, cast({column} as varchar) as cell, "
        f"'of a day that is still to come, so open until then' as says from flat_rows "
        f"where {column} > date {literal(str(yesterday()))} + 1"
    )


def _found(con: duckdb.DuckDBPyConnection, select: str, kind: str) -> Iterator[tuple[tuple[Any, ...], int, str]]:
    """By kind of what a check finds: the kind's columns, how many rows, and the first of them in words."""
    # Amounts as all messages write them (duebook/words.py), whatever the file's style is.
    con.execute("create or replace temp macro in_words(amount) as format('{:,.2f}', cast(amount as double))")
    found = con.execute(
        f"select {kind}, count(*), array_agg({{'file': {FILE}, 'row': {ROW}, 'cell': cell}} "
        f"order by {FILE}, {ROW})[:{MOST_SHOWN}] from ({select}) group by {kind} order by {kind}"
    ).fetchall()
    for *columns, rows, first in found:
        shown = "; ".join(f"{one['file']}, line {one['row']}: {one['cell']!r}" for one in first)
        yield tuple(columns), rows, shown


def _named(mapping: Mapping, field: str) -> str:
    column = mapping.column_of(field)
    return f"{' and '.join(column.columns)} ({field})" if column else field


def _check(mapping: Mapping, name: str) -> Path:
    return FLAT_DIR / mapping.grain / "checks" / name
