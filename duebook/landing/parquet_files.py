"""Opens a landed Parquet file: values of its types are converted to text, from which they can be read without loss.

A column whose type DuckDB can't read exactly is refused; the message names the column. Not here: cells (``cells``).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from duebook.contract import Column
from duebook.landing.files import LandedFile, LandingError
from duebook.landing.listing import shown
from duebook.landing.opened import OpenedFile, glob
from duebook.sql_text import identifier

# The most digits of a decimal in DuckDB, and the bytes they take.
_MOST_DIGITS, _MOST_BYTES = 38, 16
# Below this bound every whole number can be stored exactly in this type.
_WHOLE_BELOW = {"FLOAT": 2**24, "DOUBLE": 2**53}
# As the contract calls it; the others it calls the same, in small letters.
_CALLED = {"VARCHAR": "string"}


def open_parquet(con: duckdb.DuckDBPyConnection, file: LandedFile, path: Path) -> OpenedFile:
    """Open a Parquet file.

    Args:
        con: connection the query will run on; its time zone must be UTC.
        file: the file, as messages name it.
        path: where it is.

    Raises:
        LandingError: it is not a Parquet file, or a column's values can't be read exactly.
    """
    _refuse_types(file, path)
    source = _source(path)
    described = con.execute(f"describe select * from {source}").fetchall()
    kinds = {column.name: column for column in file.table.landed_columns}
    cells = ", ".join(
        f"{_text(identifier(name), parquet_type, kinds.get(name))} as c{place}"
        for place, (name, parquet_type, *_) in enumerate(described)
    )
    typed_columns = {
        name: f"{identifier(name)} as v{place}"
        for place, (name, parquet_type, *_) in enumerate(described)
        if name in kinds and _is_of_its_type(parquet_type, kinds[name])
    }
    query = f"select {', '.join([cells, *typed_columns.values()])} from {source}"
    types = {name: _CALLED.get(parquet_type, parquet_type.lower()) for name, parquet_type, *_ in described}
    return OpenedFile(file, tuple(types), query, frozenset(typed_columns), types)


def parquet_fault(con: duckdb.DuckDBPyConnection, file: LandedFile, path: Path) -> str:
    """Return why DuckDB can't read a Parquet file with a good schema, in a message that contains no data of its cells.

    Args:
        con: a connection.
        file: the file, as messages name it.
        path: where it is.
    """
    for name in pq.read_schema(path).names:
        try:
            con.execute(f"select max({identifier(name)}::varchar) from {_source(path)}").fetchall()
        except duckdb.ConversionException:
            return (
                f"{file.name}, column {shown(name)}: a date or time is out of range: fix it at the source, or leave "
                "the cell empty"
            )
        except duckdb.Error as error:
            why = (
                "contains bytes that are not UTF-8 text: land them as text"
                if "UTF8" in str(error)
                else "its data are damaged"
            )
            return f"{file.name}, column {shown(name)}: {why}"
    return f"{file.name}: not a readable Parquet file: its data are damaged"


def _source(path: Path) -> str:
    return f"read_parquet({glob(path)}, binary_as_string = true, hive_partitioning = false)"


def _refuse_types(file: LandedFile, path: Path) -> None:
    try:
        with pq.ParquetFile(path) as parquet:
            schema, stored = parquet.schema_arrow, parquet.schema
            leaves = [stored.column(place) for place in range(len(stored))]
    except (pa.ArrowException, OSError) as error:
        words = str(error).splitlines()[0]
        raise LandingError(f"{file.name}: not a readable Parquet file: {words}") from None
    except UnicodeDecodeError:
        raise LandingError(f"{file.name}: the name of a column is not UTF-8 text: rename it") from None
    names = [name.casefold() for name in schema.names]
    for place, name in enumerate(names, start=1):
        if not name:
            raise LandingError(f"{file.name}: column {place} has no name: name it, or leave the column out")
        if names.index(name) != place - 1:
            called = schema.names[place - 1]
            raise LandingError(
                f"{file.name}: two columns are called {shown(called)}, ignoring case: rename one of them"
            )
    for leaf in leaves:
        if leaf.logical_type.type == "DECIMAL" and (leaf.precision > _MOST_DIGITS or leaf.length > _MOST_BYTES):
            raise _refusal(file, leaf.path, f"a decimal of {leaf.precision} digits", "a decimal of 38 digits at most")
    for name, kind in _leaves(schema):
        if pa.types.is_float16(kind):
            raise _refusal(file, name, "a float of 16 bits, which has 3 digits,", "a decimal")
        if pa.types.is_duration(kind):
            raise _refusal(file, name, f"a duration ({kind})", "a number of the unit the contract names")


def _refusal(file: LandedFile, column: str, found: str, wanted: str) -> LandingError:
    return LandingError(
        f"{file.name}, column {shown(column)}: {found} can't be read exactly: land it as {wanted}, or as text"
    )


def _leaves(fields: pa.Schema | pa.DataType, name: str = "") -> Iterator[tuple[str, pa.DataType]]:
    """Yield every type in a schema that has no inner types, with the path of its column."""
    for field in fields:
        path = f"{name}.{field.name}" if name else field.name
        if field.type.num_fields:
            yield from _leaves([field.type.field(place) for place in range(field.type.num_fields)], path)
        else:
            yield path, field.type


def _is_of_its_type(parquet_type: str, column: Column) -> bool:
    """Whether Parquet has the contract's type or a narrower one, so that no conversion to text is needed."""
    match column.kind:
        case "decimal":
            found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", parquet_type)
            if not found:
                return False
            precision, scale = column.size
            digits, decimals = map(int, found.groups())
            return decimals <= scale and digits - decimals <= precision - scale
        case "integer" | "bigint":
            return parquet_type in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
        case "boolean" | "date" | "timestamp":
            return parquet_type == column.kind.upper()
        case _:
            return False


def _text(cell: str, parquet_type: str, column: Column | None) -> str:
    """Return SQL for a Parquet value as text from which a contract type can be read without loss."""
    if parquet_type in _WHOLE_BELOW:
        return _float_text(cell, parquet_type, column)
    if parquet_type.startswith("TIMESTAMP") and "TIME ZONE" in parquet_type:
        return f"cast(timezone('UTC', {cell}) as varchar)"
    if parquet_type.endswith("]") or parquet_type.startswith(("STRUCT", "MAP", "UNION")):
        return f"cast(to_json({cell}) as varchar)"
    return f"cast({cell} as varchar)"


def _float_text(value: str, kind: str, column: Column | None) -> str:
    """Return SQL for the shortest text of a float: the fewest digits that identify it among floats of its type."""
    shortest = f"cast({value} as varchar)"
    every_whole = f"abs({value}) < {_WHOLE_BELOW[kind]}"
    if column is not None and column.kind == "decimal":
        plain = f"try_cast(try_cast({shortest} as decimal(38, 18)) as varchar)"
        # A text with a power of ten that doesn't fit stays unchanged; the contract then refuses it as a number.
        small = f"contains({shortest}, 'e') and try_cast({plain} as {kind}) = {value}"
        return (
            f"case when {every_whole} then case when {small} then {plain} else {shortest} end "
            f"else format('{{:.16e}}', {value}) end"
        )
    # Some programs write a column of whole numbers (ids, counts) as floats if it has empty cells.
    whole = f"{every_whole} and {value} = trunc({value})"
    return f"case when {whole} then cast(cast({value} as bigint) as varchar) else {shortest} end"
