"""A list's rows with the fields of its grain, each in its type; and every cell that can't be used.

Here: fields from columns, constants and value maps; rows left out, with the reason. Not here: what becomes of the rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from duebook.adapters.engine.lines import FILE, MOST_SHOWN, ROW
from duebook.adapters.flat.cells import ADVICE, EXPECTED, NUMERIC, SQL_TYPES, text, value, written
from duebook.adapters.flat.mapping import Column, Grain, GrainField, Mapping, expression
from duebook.spelling import answer
from duebook.sql_text import identifier, literal
from duebook.words import counted

REFUSE, LEAVE_OUT = "refuse", "leave out"


@dataclass(frozen=True)
class Fault:
    """Why rows can't be used.

    Attributes:
        where: a condition that these rows fulfil.
        expected: what was expected in the cell.
        advice: what a person can do, as a sentence.
    """

    where: str
    expected: str
    advice: str


def make_rows(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, grain: Grain, columns: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Make the table `flat_rows` of the table `cells`, and `flat_dropped` of what is left out.

    Args:
        con: where the tables are.
        mapping: what the list's columns are.
        grain: the fields its rows have.
        columns: the columns of `cells`.

    Returns:
        A line for each column that the mapping names and the file lacks; and one for each kind of fault, with the first
        cells that have it. Rows with faults are not in `flat_rows`.
    """
    mapping, lacking = _with_columns_there_are(con, mapping, grain, columns)
    mapping, faults = _with_constants_that_fit(con, mapping, grain)
    _empty(con, mapping, columns)
    _leave_out(con, mapping)
    bad = ["select null::varchar as _file, null::bigint as _row where false"]
    for name, field in grain.fields.items():
        column = mapping.column_of(name)
        if column is None:
            continue
        wrong = list(_wrong(name, column, field, mapping))
        if grain.key[:1] == [name]:
            wrong.append(_twice(column, grain, mapping))
        for fault in wrong:
            found = con.execute(
                f"select {FILE}, {ROW}, {_joined(column)}, count(*) over () from kept_cells where {fault.where} "
                f"order by {FILE}, {ROW} limit {MOST_SHOWN}"
            ).fetchall()
            if found:
                bad.append(f"select {FILE}, {ROW} from kept_cells where {fault.where}")
                shown = "; ".join(
                    f"{file}, line {line}: {'empty' if cell is None else repr(cell)}" for file, line, cell, _ in found
                )
                said = (
                    f"{' and '.join(column.columns)} ({name}): expected {fault.expected}, {counted(found[0][3], 'row')}"
                )
                faults.append(f"{said}: {shown}. {fault.advice}")
    cells = [f"{_field(name, field, mapping)} as {identifier(name)}" for name, field in grain.fields.items()]
    con.execute(
        f"create or replace temp table flat_rows as select {', '.join(cells)}, {FILE}, {ROW} from kept_cells "
        f"anti join (select * from ({' union all '.join(bad)})) as bad using ({FILE}, {ROW})"
    )
    return lacking, faults


def absent_columns(mapping: Mapping, columns: Sequence[str]) -> dict[str, list[str]]:
    """By field that the mapping has a column for, the columns that the file doesn't have."""
    there = {column.casefold() for column in columns}
    return {
        name: [one for one in mapping.column_of(name).columns if one.casefold() not in there]
        for name in mapping.columns
    }


def _with_columns_there_are(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, grain: Grain, columns: Sequence[str]
) -> tuple[Mapping, list[str]]:
    """The mapping with columns that the file has, and the default of an optional one it doesn't have as a constant; and
    a line for each column it can't do without.
    """
    there = {column.casefold() for column in columns}
    of_fields, lines, defaults = absent_columns(mapping, columns), [], {}
    for name, absent in of_fields.items():
        column = mapping.column_of(name)
        is_needed = grain.fields[name].required and column.default is None
        if absent and column.optional and column.default is not None:
            defaults[name] = _default_of(con, column, grain.fields[name], mapping)
        elif not column.optional or is_needed:
            more = " It is optional here, and no row can be without it: give it a default." if column.optional else ""
            lines += [f"columns.{name}: {answer(one, columns, 'column of the file')}{more}" for one in absent]
    of_skips = [[skip.column] if skip.column.casefold() not in there else [] for skip in mapping.file.skip]
    lines += [f"file.skip: {answer(one, columns, 'column of the file')}" for absent in of_skips for one in absent]
    kept = {name: column for name, column in mapping.columns.items() if not of_fields[name]}
    skips = [skip for skip, absent in zip(mapping.file.skip, of_skips, strict=True) if not absent]
    file = mapping.file.model_copy(update={"skip": skips})
    update = {"columns": kept, "constants": {**mapping.constants, **defaults}, "file": file}
    return mapping.model_copy(update=update), lines


def _default_of(con: duckdb.DuckDBPyConnection, column: Column, field: GrainField, mapping: Mapping) -> str | None:
    """What a field is in all rows of a file that doesn't have its column."""
    empty = column.model_copy(update={"column": "cell"})
    [(found,)] = con.execute(
        f"select {_text_of(empty, field, mapping)} from (select cast(null as varchar) as cell)"
    ).fetchall()
    return found


def _with_constants_that_fit(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, grain: Grain
) -> tuple[Mapping, list[str]]:
    """The mapping without constants that can't be their field's value; and a line for each of those."""
    lines, unfit = [], set()
    for name, said in mapping.constants.items():
        field = grain.fields[name]
        word = _word(said, field, mapping)
        if said is None:
            continue
        if field.one_of and word not in field.one_of:
            expected = f"one of {', '.join(field.one_of)}"
        elif con.execute(f"select {_constant(said, field, mapping)}").fetchall() == [(None,)]:
            expected = EXPECTED.get(field.type, "a value").format(
                dates=" or ".join(mapping.dates), decimal=mapping.numbers.decimal
            )
        else:
            continue
        unfit.add(name)
        lines.append(f"constants.{name} is {word!r}: expected {expected}.")
    kept = {name: said for name, said in mapping.constants.items() if name not in unfit}
    return mapping.model_copy(update={"constants": kept}), lines


def _constant(said: object, field: GrainField, mapping: Mapping) -> str:
    """SQL of a constant's value, written as the file writes it or as YAML does; NULL where it can't be read."""
    sql_type = SQL_TYPES[field.type]
    read = value(literal(_word(said, field, mapping)), field.type, mapping.dates, mapping.numbers)
    return f"coalesce(try_cast({read} as {sql_type}), try_cast({literal(str(said))} as {sql_type}))"


def _empty(con: duckdb.DuckDBPyConnection, mapping: Mapping, columns: Sequence[str]) -> None:
    """Empty the cells that say nothing, by the mapping."""
    if mapping.empty:
        words = ", ".join(map(literal, mapping.empty))
        emptied = [f"{one} = case when {text(one)} not in ({words}) then {one} end" for one in map(identifier, columns)]
        con.execute(f"update cells set {', '.join(emptied)}")


def _leave_out(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Make `kept_cells`, and `flat_dropped` with the reasons of the others."""
    reasons = []
    for skip in mapping.file.skip:
        cell = text(identifier(skip.column))
        wanted = [f"{cell} is null"] if skip.empty else []
        wanted += [f"regexp_matches({cell}, {literal(expression(skip.matches))})"] if skip.matches else []
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


def _text_of(column: Column, field: GrainField, mapping: Mapping) -> str:
    """SQL of a field's text after padding, mapping and prefix; NULL where it is empty."""
    cell = _joined(column)
    if column.default is not None:
        # Before a map it is a text of the file, as the map's keys are.
        default = str(column.default) if column.map else _word(column.default, field, mapping)
        cell = f"coalesce({cell}, {literal(default)})"
    if column.pad:
        is_short = f"regexp_full_match({cell}, '[0-9]{{1,{column.pad}}}')"
        cell = f"case when {is_short} then lpad({cell}, {column.pad}, '0') else {cell} end"
    if column.map:
        words = {key: _word(meant, field, mapping) for key, meant in column.map.items()}
        cases = " ".join(f"when {literal(key)} then {literal(word)}" for key, word in words.items())
        is_word = column.otherwise not in (REFUSE, LEAVE_OUT)
        otherwise = literal(_word(column.otherwise, field, mapping)) if is_word else "null"
        cell = f"case {cell} {cases} else {otherwise} end"
    return f"{literal(column.prefix)} || {cell}" if column.prefix else cell


def _word(meant: object, field: GrainField, mapping: Mapping) -> str:
    """What the mapping says, as a cell of the file would: a number of YAML has a point, whatever the file's have."""
    if isinstance(meant, bool):
        return str(meant).lower()
    if isinstance(meant, int | float) and field.type in NUMERIC:
        return written(meant, mapping.numbers)
    return str(meant)


def _wrong(name: str, column: Column, field: GrainField, mapping: Mapping) -> Iterator[Fault]:
    """Say why cells of a field can't be used, each in itself."""
    given, meant = _joined(column), _text_of(column, field, mapping)
    if field.required and column.default is None:
        advice = f"Fill them, give columns.{name} a default, or leave such rows out by file.skip."
        yield Fault(f"{given} is null", "a value", advice)
    advice = f"Correct them, or say in columns.{name}.map what they mean."
    if column.map and column.otherwise == REFUSE:
        known = ", ".join(map(literal, column.map))
        yield Fault(f"{given} is not null and {given} not in ({known})", f"one of {', '.join(column.map)}", advice)
    if field.one_of:
        known = ", ".join(map(literal, field.one_of))
        yield Fault(f"{meant} is not null and {meant} not in ({known})", f"one of {', '.join(field.one_of)}", advice)
    if field.type in EXPECTED:
        words = EXPECTED[field.type].format(dates=" or ".join(mapping.dates), decimal=mapping.numbers.decimal)
        read = value(meant, field.type, mapping.dates, mapping.numbers)
        yield Fault(f"{meant} is not null and ({read}) is null", words, ADVICE[field.type])


def _twice(column: Column, grain: Grain, mapping: Mapping) -> Fault:
    """Say that rows have one name."""
    parts = []
    for name in grain.key:
        other, field = mapping.column_of(name), grain.fields[name]
        if other is not None:
            cell, is_money = _text_of(other, field, mapping), field.type == "money"
            parts.append(f"({value(cell, field.type, mapping.dates, mapping.numbers)}) < 0" if is_money else cell)
    counted = f"select {FILE}, {ROW}, count(*) over (partition by {', '.join(parts)}) as alike from kept_cells"
    rows = f"select ({FILE}, {ROW}) from ({counted} where {_joined(column)} is not null) where alike > 1"
    return Fault(f"({FILE}, {ROW}) in ({rows})", "a value that no other row has", ADVICE["key"])


def _field(name: str, field: GrainField, mapping: Mapping) -> str:
    """SQL of a field's value."""
    column, sql_type = mapping.column_of(name), SQL_TYPES[field.type]
    if column is not None:
        return (
            f"cast({value(_text_of(column, field, mapping), field.type, mapping.dates, mapping.numbers)} as {sql_type})"
        )
    if mapping.constants.get(name) is not None:
        return _constant(mapping.constants[name], field, mapping)
    return f"cast(null as {sql_type})"
