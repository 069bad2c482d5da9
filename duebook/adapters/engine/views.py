"""A source's tables as the adapter declares them: its columns, in its types, one row a key.

Here: casts, and every value that can't be cast; columns that are missing, as nulls; schemas of several companies, as
one table; the latest version of each row. Not here: what becomes of the rows (the adapter's SELECTs).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from duebook.adapters.engine.definition import TYPES, Adapter, AdapterError, Company, Shape, SourceTable, UserOptions
from duebook.adapters.engine.lines import FILE, MOST_SHOWN, ROW
from duebook.adapters.engine.sources import JSON_OBJECT, Found, Source
from duebook.spelling import answer, did_you_mean, nearest
from duebook.sql_text import identifier, literal
from duebook.words import counted

# The company a schema of the source was declared to be, and what stands before the ids of its rows.
DECLARED_COMPANY, ID_PREFIX = "_company_id", "_id_prefix"
_SPACE = "chr(9) || chr(10) || chr(13) || ' '"
_TRUE, _FALSE = "('true', 't', 'yes', 'y', '1')", "('false', 'f', 'no', 'n', '0')"


@dataclass(frozen=True)
class SourceViews:
    """The tables of a source, ready to be selected from.

    Attributes:
        shape: the shape they were found in.
        relations: by table, the relation that holds its rows.
        missing: the optional tables and columns that aren't there, as `table` or `table.column`.
        rows: by table that is there, its number of rows.
        found: by table, its copies as they came, with the company each is of; empty where it isn't there.
    """

    shape: str
    relations: Mapping[str, str]
    missing: Sequence[str]
    rows: Mapping[str, int]
    found: Mapping[str, Sequence[tuple[Company, Found]]]


def read_tables(con: duckdb.DuckDBPyConnection, source: Source, adapter: Adapter, user: UserOptions) -> SourceViews:
    """Copy a source's tables, with the declared columns in their types.

    Raises:
        AdapterError: tables or columns are missing, or hold what they can't; a line for each.
    """
    name, shape = _shape(source, adapter, user)
    if unknown := sorted(user.tables.keys() - shape.tables.keys()):
        raise AdapterError("\n".join(answer(one, shape.tables, f"table of {adapter.name}") for one in unknown))
    relations: dict[str, str] = {}
    rows: dict[str, int] = {}
    missing: list[str] = []
    faults: list[str] = []
    there: dict[str, list[tuple[Company, Found]]] = {}
    for table_name, table in shape.tables.items():
        called = user.tables.get(table_name) or table.identifier or table_name
        parts = [(company, source.find(called, company.schema_)) for company in user.companies or [ANY_COMPANY]]
        there[table_name] = found = [(company, part) for company, part in parts if part is not None]
        if not found:
            if table.required:
                faults.append(_no_table(source, adapter, called, user))
            missing.append(table_name)
        for _, part in found:
            faults += _missing_columns(table_name, table, part)
            missing += [f"{table_name}.{column}" for column in table.may_have if not _column(column, part)]
            faults += _faulty_cells(con, table, part)
    if faults:
        raise AdapterError("\n".join(faults))
    for table_name, found in there.items():
        relations[table_name] = identifier(f"{adapter.name}.{table_name}")
        # A table, not a view: several SELECTs read it, and its cells are cast once.
        con.execute(
            f"create or replace temp table {relations[table_name]} as {_select(shape.tables[table_name], found)}"
        )
        if found:
            [(rows[table_name],)] = con.execute(f"select count(*) from {relations[table_name]}").fetchall()
    _declare_companies(con, user.companies)
    return SourceViews(name, relations, sorted(set(missing)), rows, there)


def empty_tables(con: duckdb.DuckDBPyConnection, adapter: Adapter, shape: str) -> Mapping[str, str]:
    """Make the views of a source that has nothing: what an adapter gives can be seen of them. Returns them by table."""
    relations = {}
    for name, table in adapter.definition.shapes[shape].tables.items():
        relations[name] = identifier(f"{adapter.name}.{name}")
        con.execute(f"create or replace temp view {relations[name]} as {_select(table, [])}")
    _declare_companies(con, [])
    return relations


# Stands for all of a source whose user declared no company.
ANY_COMPANY = Company(company_id="", currency="")


def _shape(source: Source, adapter: Adapter, user: UserOptions) -> tuple[str, Shape]:
    """The shape the user says, else the one of whose tables most are there."""
    shapes = adapter.definition.shapes
    if user.shape is not None:
        if user.shape not in shapes:
            raise AdapterError(answer(user.shape, shapes, f"shape of {adapter.name}"))
        return user.shape, shapes[user.shape]
    schemas = [company.schema_ for company in user.companies] or [None]
    there = {name.casefold() for schema in schemas for name in source.names(schema)}

    def fits(shape: Shape) -> tuple[bool, float]:
        called = {
            name: (user.tables.get(name) or table.identifier or name).casefold() for name, table in shape.tables.items()
        }
        found = [name for name in shape.tables if called[name] in there or "*" in called[name]]
        has_required = all(name in found for name, table in shape.tables.items() if table.required)
        return has_required, len(found) / len(shape.tables)

    return max(shapes.items(), key=lambda one: fits(one[1]))


def _no_table(source: Source, adapter: Adapter, called: str, user: UserOptions) -> str:
    schemas = [company.schema_ for company in user.companies] or [None]
    there = sorted({name for schema in schemas for name in source.names(schema)})
    near = nearest(called, there)
    instead = did_you_mean(near) if near else f"there are {', '.join(there[:20])}" if there else "there is none at all"
    said = f"{source.place} has no table {called}, which {adapter.name} needs: {instead}"
    return f"{said} If it has another name, say so in the options: `tables: {{{called}: its_name}}`."


def _column(name: str, found: Found) -> str | None:
    """The column of the source that holds a declared one: of that name, or of what stands before its first dot."""
    there = {column.casefold(): column for column in found.columns}
    return there.get(name.casefold()) or there.get(name.split(".")[0].casefold())


def _missing_columns(table_name: str, table: SourceTable, found: Found) -> list[str]:
    lines = []
    for column in table.needs:
        if _column(column, found) is None:
            near = nearest(column, found.columns)
            instead = did_you_mean(near) if near else f"it has {', '.join(found.columns[:30])}."
            lines.append(f"{found.place}: the column {column} of {table_name} is missing: {instead}")
    return lines


def _raw(column: str, found: Found) -> str | None:
    """SQL of a cell as it came; None where its column is missing."""
    name = _column(column, found)
    if name is None:
        return None
    inside = [] if name.casefold() == column.casefold() else column.split(".")[1:]
    if found.is_json:
        return f"({JSON_OBJECT} ->> {literal(_pointer([name, *inside]))})"
    return f"(to_json({identifier(name)}) ->> {literal(_pointer(inside))})" if inside else identifier(name)


def _pointer(names: Sequence[str]) -> str:
    """A place in a JSON object, as RFC 6901 has it."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)


def typed(cell: str, kind: str) -> str:
    """SQL of a cell in one of the types of `TYPES`; NULL where it can't be cast, or is empty."""
    text = f"nullif(trim(cast({cell} as varchar), {_SPACE}), '')"
    match kind:
        case "text" | "id":
            return text
        case "boolean":
            return f"case when lower({text}) in {_TRUE} then true when lower({text}) in {_FALSE} then false end"
        case "date":
            # A time zone behind it says when a day began there; the day is meant.
            return f"coalesce(try_cast(left({text}, 10) as date), cast({_dotnet_time(text)} as date))"
        case "timestamp":
            return f"coalesce(try_cast(try_cast({text} as timestamptz) as timestamp), {_dotnet_time(text)})"
        case _:
            return f"try_cast({text} as {TYPES[kind]})"


def _dotnet_time(text: str) -> str:
    """SQL of the time in UTC of a text such as `/Date(1518685950940+0000)/`, milliseconds since 1970; else NULL."""
    milliseconds = f"try_cast(nullif(regexp_extract({text}, '^/Date[(](-?[0-9]+)([+-][0-9]+)?[)]/$', 1), '') as bigint)"
    return f"make_timestamp({milliseconds} * 1000)"


def places_of(
    con: duckdb.DuckDBPyConnection, column: str, found: Sequence[tuple[Company, Found]], key: str
) -> list[str]:
    """Where rows of a table have a key, as file and line; of a database, table and row.

    Args:
        con: where the copies are.
        column: the declared column that names a row.
        found: the table's copies.
        key: the key, with the company's prefix where it is one of several.
    """
    places = []
    for company, part in found:
        cell = _raw(column, part)
        if cell is None:
            continue
        prefix = literal(f"{company.company_id}:" if company.schema_ else "")
        word, place = _line_of(part)
        rows = con.execute(
            f"select {FILE}, place from (select *, {place} as place from {part.relation}) "
            f"where {prefix} || {typed(cell, 'id')} = ? order by {FILE}, place",
            [key],
        ).fetchall()
        places += [f"{file}, {word} {number}" for file, number in rows]
    return places


def _line_of(found: Found) -> tuple[str, str]:
    """What a row's number is called, and SQL of it."""
    place = ROW if found.has_lines else f"row_number() over (partition by {FILE} order by rowid)"
    return "line" if found.has_lines else "row", place


def _faulty_cells(con: duckdb.DuckDBPyConnection, table: SourceTable, found: Found) -> list[str]:
    """Say which cells can't be cast, and which of a key are empty: a line a column, with the first of them."""
    lines = []
    word, place = _line_of(found)
    for column, kind in table.columns.items():
        cell = _raw(column, found)
        if cell is None:
            continue
        text = typed(cell, "text")
        if column in table.key:
            empty = con.execute(
                f"select {FILE}, place, count(*) over () from (select *, {place} as place from {found.relation}) "
                f"where {text} is null order by {FILE}, place limit {MOST_SHOWN}"
            ).fetchall()
            if empty:
                shown = "; ".join(f"{file}, {word} {number}" for file, number, _ in empty)
                cells = f"{counted(empty[0][2], 'cell')} that {'is' if empty[0][2] == 1 else 'are'}"
                lines.append(f"{column}: expected what names a row in {cells} empty: {shown}")
        if kind in ("text", "id"):
            continue
        bad = con.execute(
            f"select {FILE}, place, {text}, count(*) over () from "
            f"(select *, {place} as place from {found.relation}) "
            f"where {text} is not null and {typed(cell, kind)} is null order by {FILE}, place limit {MOST_SHOWN}"
        ).fetchall()
        if bad:
            shown = "; ".join(f"{file}, {word} {place}: {value!r}" for file, place, value, _ in bad)
            cells = f"{counted(bad[0][3], 'cell')} that {'holds' if bad[0][3] == 1 else 'hold'}"
            lines.append(f"{column}: expected {_WORDS[kind]} in {cells} something else: {shown}")
    return lines


_WORDS = {
    "date": "a date (YYYY-MM-DD)",
    "timestamp": "a time (YYYY-MM-DDThh:mm:ss)",
    "boolean": "true or false",
    "integer": "a whole number",
    "money": "an amount such as 1234.56",
    "rate": "a number such as 1.0825",
    "json": "JSON",
}


def _select(table: SourceTable, found: Sequence[tuple[Company, Found]]) -> str:
    """SQL of a table's rows, of all companies, each key once."""
    parts = []
    for company, part in found:
        prefix = literal(f"{company.company_id}:" if company.schema_ else "")
        cells = [
            f"{_cell(column, kind, part, prefix)} as {identifier(column)}" for column, kind in table.columns.items()
        ]
        company_id = literal(company.company_id) if company.company_id else "cast(null as varchar)"
        added = [f"{company_id} as {DECLARED_COMPANY}", f"{prefix} as {ID_PREFIX}"]
        parts.append(f"select {', '.join([*cells, *added])} from {part.relation}")
    if not parts:
        columns = [*table.columns.items(), (DECLARED_COMPANY, "text"), (ID_PREFIX, "text")]
        nulls = [f"cast(null as {TYPES[kind]}) as {identifier(name)}" for name, kind in columns]
        return f"select {', '.join(nulls)} where false"
    rows = " union all by name ".join(parts)
    if table.active:
        rows = f"select * from ({rows}) where {identifier(table.active)} is not false"
    if table.key:
        key = ", ".join(map(identifier, [*table.key, DECLARED_COMPANY]))
        latest = [f"{identifier(column)} desc nulls last" for column in table.latest_by]
        # Rows that are the same are one; of others with one key and one time, any order would do, so long as it is one.
        order = ", ".join([*latest, *(f"{identifier(column)} nulls last" for column in table.columns)])
        rows = f"select * from ({rows}) qualify row_number() over (partition by {key} order by {order}) = 1"
    return rows


def _cell(column: str, kind: str, found: Found, prefix: str) -> str:
    cell = _raw(column, found)
    if cell is None:
        return f"cast(null as {TYPES[kind]})"
    return f"{prefix} || {typed(cell, kind)}" if kind == "id" else typed(cell, kind)


def _declare_companies(con: duckdb.DuckDBPyConnection, companies: Sequence[Company]) -> None:
    """Make a table of the companies that the user declared: `source('declared', 'companies')`."""
    con.execute(
        "create or replace temp table declared_companies (company_id varchar, company_name varchar, "
        "currency_code varchar, country_code varchar, timezone varchar)"
    )
    for one in companies:
        values = [one.company_id, one.name, one.currency, one.country, one.timezone]
        con.execute("insert into declared_companies values (?, ?, ?, ?, ?)", values)
