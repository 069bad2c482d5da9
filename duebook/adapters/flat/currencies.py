"""Currency codes of a list that the reference data doesn't have, with the file and line they stand in."""

import duckdb

from duebook.adapters.engine.lines import FILE, MOST_SHOWN, ROW
from duebook.adapters.flat.mapping import Grain, Mapping
from duebook.reference import CURRENCIES, codes
from duebook.settings import Settings
from duebook.sql_text import identifier, literal
from duebook.words import counted

FIELDS = ("currency_code", "company_currency", "from_currency", "to_currency")


def unknown_currencies(con: duckdb.DuckDBPyConnection, mapping: Mapping, grain: Grain, settings: Settings) -> list[str]:
    """Say which currencies of `flat_rows` nobody knows: a line a field, with the first cells that have one.

    Args:
        con: where the rows are.
        mapping: which columns hold them.
        grain: its fields.
        settings: whose home's reference data count.
    """
    known = codes(*CURRENCIES, settings)
    listed = ", ".join(map(literal, sorted(known.values)))
    lines = []
    for name in FIELDS:
        if name not in grain.fields:
            continue
        found = con.execute(
            f"select {FILE}, {ROW}, {identifier(name)}, count(*) over () from flat_rows "
            f"where {identifier(name)} not in ({listed}) order by {FILE}, {ROW} limit {MOST_SHOWN}"
        ).fetchall()
        if not found:
            continue
        column = mapping.column_of(name)
        place = f"{' and '.join(column.columns)} ({name})" if column else f"constants.{name}"
        advice = f"Correct them, or say in columns.{name}.map what they mean." if column else "Correct it."
        shown = "; ".join(f"{file}, line {line}: {cell!r}" for file, line, cell, _ in found)
        lines.append(f"{place}: expected a currency of {known.file}, {counted(found[0][3], 'row')}: {shown}. {advice}")
    return lines
