"""Columns of a list that are landed as they are, beside the fields of its grain: the contract doesn't know them.

Here: which a mapping may name, and putting them beside the rows made of the list. Not here: what becomes of them (they
can be declared as dimensions).
"""

from collections.abc import Callable, Iterator, Sequence

import duckdb

from duebook.adapters.engine.lines import FILE, ROW
from duebook.adapters.flat.cells import text
from duebook.adapters.flat.mapping import Grain, Mapping
from duebook.contract import read_contract
from duebook.spelling import answer
from duebook.sql_text import identifier

# Of grains whose rows become rows of the landing: these tables, each with the column that has the row's id.
TABLES = {
    "invoice": {"invoices": "invoice_id", "credit_memos": "credit_memo_id"},
    "item": {"invoices": "invoice_id", "credit_memos": "credit_memo_id"},
    "customer": {"customers": "customer_id"},
}
KEPT = "flat_kept"


def keeping_faults(mapping: Mapping, columns: Sequence[str]) -> Iterator[str]:
    """Say which columns can't be kept: a line each.

    Args:
        mapping: names them under `keep`.
        columns: of the file.
    """
    if mapping.keep and mapping.grain not in TABLES:
        yield f"keep is for lists of the grains {', '.join(TABLES)}, and this one is {mapping.grain}."
        return
    known = {
        column.name.casefold(): f"{table}.{column.name}"
        for table in reversed(TABLES.get(mapping.grain, {}))
        for column in read_contract().table(table).columns
    }
    there = {column.casefold() for column in columns}
    for name in mapping.keep:
        if name.casefold() not in there:
            yield f"keep: {answer(name, columns, 'column of the file')}"
        elif of_contract := known.get(name.casefold()):
            yield f"keep: {name} would be taken for {of_contract}: call it otherwise in the file, or map it to a field."


def beside_rows(con: duckdb.DuckDBPyConnection, mapping: Mapping, grain: Grain) -> Callable[[str, str], str]:
    """Make the table of the kept columns by id, and return what puts them beside the rows of a table.

    Where two rows of the list have one id, as an invoice and a credit memo may, a column is kept if both say the same.

    Args:
        con: has `flat_rows` and `kept_cells`.
        mapping: names the columns.
        grain: the field that names a row.

    Returns:
        From a table's name and the SELECT of its rows to the SELECT with the columns.
    """
    tables = TABLES.get(mapping.grain, {}) if mapping.keep else {}
    if tables:
        cells = ((text(f"cells.{identifier(name)}"), identifier(name)) for name in mapping.keep)
        kept = ", ".join(f"case when min({cell}) = max({cell}) then min({cell}) end as {name}" for cell, name in cells)
        named = f"cast(flat_rows.{identifier(grain.key[0])} as varchar) as _of"
        con.execute(
            f"create or replace temp table {KEPT} as select {named}, {kept} "
            f"from flat_rows inner join kept_cells as cells using ({FILE}, {ROW}) group by _of"
        )

    def with_columns(table: str, sql: str) -> str:
        if table not in tables:
            return sql
        joined = f"made.{identifier(tables[table])} = kept._of"
        return f"select made.*, kept.* exclude (_of) from (\n{sql}\n) as made left join {KEPT} as kept on {joined}"

    return with_columns
