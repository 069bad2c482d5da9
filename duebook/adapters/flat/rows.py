"""A list's rows with the fields of its grain, each in its type; and every cell that can't be used.

Here: fields from columns, constants and value maps; rows left out, with the reason. Not here: what becomes of the rows.
"""

from collections.abc import Sequence

import duckdb

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.lines import FILE, ROW
from duebook.adapters.flat.cells import EXPECTED, SQL_TYPES, text, value
from duebook.adapters.flat.mapping import Column, Grain, GrainField, Mapping
from duebook.spelling import answer
from duebook.sql_text import identifier, literal

REFUSE, LEAVE_OUT = "refuse", "leave out"
# Faults of a column that are shown one by one.
MOST_SHOWN = 3


def make_rows(con: duckdb.DuckDBPyConnection, mapping: Mapping, grain: Grain, columns: Sequence[str]) -> list[str]:
    """Make the table `flat_rows` of the table `cells`, and `flat_dropped` of what is left out.

    Args:
        con: where the tables are.
        mapping: what the list's columns are.
        grain: the fields its rows have.
        columns: the columns of `cells`.

    Returns:
        A line for each kind of fault, with the first cells that have it; rows with faults are not in `flat_rows`.

    Raises:
        AdapterError: the mapping names columns the file doesn't have.
    """
    mapping = _without_absent(mapping, columns)
    _refuse_unknown_columns(mapping, columns)
    _leave_out(con, mapping)
    faults, bad = [], ["select null::varchar as _file, null::bigint as _row where false"]
    for name, field in grain.fields.items():
        column = mapping.column_of(name)
        if column is None:
            continue
        for wrong, expected in _wrong(column, field, mapping):
            rows = f"select {FILE}, {ROW} from kept_cells where {wrong}"
            found = con.execute(
                f"select {FILE}, {ROW}, {_joined(column)}, count(*) over () from kept_cells where {wrong} "
                f"order by {FILE}, {ROW} limit {MOST_SHOWN}"
            ).fetchall()
            if found:
                bad.append(rows)
                shown = "; ".join(f"{file}, line {line}: {cell!r}" for file, line, cell, _ in found)
                faults.append(
                    f"{' and '.join(column.columns)} ({name}): expected {expected}, {found[0][3]:,} rows: {shown}"
                )
    cells = [f"{_field(name, field, mapping)} as {identifier(name)}" for name, field in grain.fields.items()]
    con.execute(
        f"create or replace temp table flat_rows as select {', '.join(cells)}, {FILE}, {ROW} from kept_cells "
        f"anti join (select * from ({' union all '.join(bad)})) as bad using ({FILE}, {ROW})"
    )
    return faults


def _without_absent(mapping: Mapping, columns: Sequence[str]) -> Mapping:
    """The mapping without optional columns that the file doesn't have."""
    there = {column.casefold() for column in columns}

    def is_kept(name: str) -> bool:
        column = mapping.column_of(name)
        return not column.optional or all(one.casefold() in there for one in column.columns)

    kept = {name: column for name, column in mapping.columns.items() if is_kept(name)}
    return mapping.model_copy(update={"columns": kept})


def _refuse_unknown_columns(mapping: Mapping, columns: Sequence[str]) -> None:
    named = [(f"columns.{name}", one) for name in mapping.columns for one in mapping.column_of(name).columns]
    named += [("file.skip", skip.column) for skip in mapping.file.skip]
    there = {column.casefold() for column in columns}
    lines = [
        f"{place}: {answer(one, columns, 'column of the file')}" for place, one in named if one.casefold() not in there
    ]
    if lines:
        raise AdapterError("\n".join(lines))


def _leave_out(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Make `kept_cells`, and `flat_dropped` with the reasons of the others."""
    reasons = []
    for skip in mapping.file.skip:
        cell = text(identifier(skip.column))
        wanted = [f"{cell} is null"] if skip.empty else []
        wanted += [f"regexp_matches({cell}, {literal('^(' + skip.matches + ')')})"] if skip.matches else []
        reasons.append(f"when {' or '.join(wanted) or 'false'} then {literal(skip.reason)}")
    for name in mapping.columns:
        column = mapping.column_of(name)
        if column.map:
            left_out = [key for key, meant in column.map.items() if meant == LEAVE_OUT]
            cell = text(_joined(column))
            known = f"{cell} in ({', '.join(map(literal, left_out))})" if left_out else "false"
            if column.otherwise == LEAVE_OUT:
                listed = ", ".join(map(literal, column.map))
                known = f"({known} or ({cell} is not null and {cell} not in ({listed})))"
            reasons.append(f"when {known} then {literal(f'{name} is one that is left out')}")
    reason = f"case {' '.join(reasons)} end" if reasons else "cast(null as varchar)"
    con.execute(f"create or replace temp table reasoned as select *, {reason} as _reason from cells")
    con.execute(
        "create or replace temp table kept_cells as select * exclude (_reason) from reasoned where _reason is null"
    )
    con.execute(
        f"create or replace temp table flat_dropped as select {FILE} as source_table, "
        f"cast({ROW} as varchar) as source_id, "
        "_reason as reason from reasoned where _reason is not null"
    )


def _joined(column: Column) -> str:
    """SQL of a field's text as the file has it; of several columns, with dashes between; NULL where all are empty."""
    cells = [text(identifier(one)) for one in column.columns]
    return cells[0] if len(cells) == 1 else f"nullif(concat_ws('-', {', '.join(cells)}), '')"


def _text_of(column: Column) -> str:
    """SQL of a field's text after padding, mapping and prefix; NULL where it is empty."""
    cell = _joined(column)
    if column.default is not None:
        cell = f"coalesce({cell}, {literal(column.default)})"
    if column.pad:
        is_short = f"regexp_full_match({cell}, '[0-9]{{1,{column.pad}}}')"
        cell = f"case when {is_short} then lpad({cell}, {column.pad}, '0') else {cell} end"
    if column.map:
        cases = " ".join(f"when {literal(key)} then {literal(_word(meant))}" for key, meant in column.map.items())
        otherwise = "null" if column.otherwise in (REFUSE, LEAVE_OUT) else literal(column.otherwise)
        cell = f"case {cell} {cases} else {otherwise} end"
    return f"{literal(column.prefix)} || {cell}" if column.prefix else cell


def _word(meant: object) -> str:
    return str(meant).lower() if isinstance(meant, bool) else str(meant)


def _wrong(column: Column, field: GrainField, mapping: Mapping) -> list[tuple[str, str]]:
    """Conditions under which a row can't be used, each with what was expected instead."""
    given, meant = _joined(column), _text_of(column)
    found = []
    if field.required:
        found.append((f"{given} is null" if column.default is None else "false", "a value"))
    if column.map and column.otherwise == REFUSE:
        known = ", ".join(map(literal, column.map))
        found.append((f"{given} is not null and {given} not in ({known})", f"one of {', '.join(column.map)}"))
    if field.type in EXPECTED:
        words = EXPECTED[field.type].format(dates=" or ".join(mapping.dates), decimal=mapping.numbers.decimal)
        read = value(meant, field.type, mapping.dates, mapping.numbers)
        found.append((f"{meant} is not null and ({read}) is null", words))
    return found


def _field(name: str, field: GrainField, mapping: Mapping) -> str:
    """SQL of a field's value."""
    column, sql_type = mapping.column_of(name), SQL_TYPES[field.type]
    if column is not None:
        return f"cast({value(_text_of(column), field.type, mapping.dates, mapping.numbers)} as {sql_type})"
    if mapping.constants.get(name) is not None:
        return f"cast({literal(_word(mapping.constants[name]))} as {sql_type})"
    return f"cast(null as {sql_type})"
