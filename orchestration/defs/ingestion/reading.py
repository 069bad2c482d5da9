"""Opens a landed file for DuckDB: a query over its rows in file order, every cell as text.

What lands as text stays letter for letter; what Parquet holds by its own types is written out as text a contract type
can be read back from. Not here: whether a cell is any good (``cells``), and running the query (``checking``).
"""

import csv
import errno
import gzip
import json
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.defs.ingestion.contract import Column
from orchestration.defs.ingestion.files import LandedFile, LandingError
from orchestration.defs.ingestion.unpacking import UNLIMITED, Limits, copy_within, refuse_endless_line
from orchestration.sql_text import identifier, literal

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# What a float may differ from the decimal it stands for.
_FLOAT_TOLERANCE = "1e-6"
_CSV_LINE = re.compile(r"CSV Error on Line: (\d+)")
_CSV_WIDTH = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


@dataclass(frozen=True)
class OpenedFile:
    """A file ready to be read: ``query`` gives, for the i-th of ``columns`` as landed, the text ``c<i>``.

    For columns ``of_their_type`` it also gives, as ``v<i>``, a value that casts as the text does.
    """

    file: LandedFile
    columns: tuple[str, ...]
    query: str
    of_their_type: frozenset[str] = frozenset()

    def cell(self, column: str) -> str | None:
        """SQL of a landed column's text, None when the file does not have it."""
        return f"c{self.columns.index(column)}" if column in self.columns else None

    def value(self, column: str) -> str | None:
        """SQL of a column's value, None where only its text can be had."""
        return f"v{self.columns.index(column)}" if column in self.of_their_type else None


@contextmanager
def opened(
    con: duckdb.DuckDBPyConnection, file: LandedFile, work: Path, limits: Limits = UNLIMITED
) -> Iterator[OpenedFile]:
    """Open a file; inside the ``with`` its query can be run, and what DuckDB has against the file is said plainly.

    Args:
        con: connection the query will run on; its time zone must be UTC.
        file: the file.
        work: folder for an unpacked copy, which is removed again.
        limits: how large it may be.

    Raises:
        LandingError: the file can't be opened or parsed, or changed meanwhile; names the file, the line and what was
            wrong.
    """
    before = file.state()
    limits.refuse_large(file, before[0])
    with _unpacked(file, work, limits) as path:
        try:
            match file.kind:
                case "csv":
                    yield _open_csv(file, path)
                case "jsonl":
                    yield _open_jsonl(con, file, path)
                case _:
                    yield _open_parquet(con, file, path)
        except (duckdb.BinderException, duckdb.ParserException, duckdb.OutOfMemoryException):
            # Not the file's fault.
            raise
        except duckdb.Error as error:
            if os.strerror(errno.ENOSPC) in str(error):
                raise
            raise LandingError(f"{file.name}{_what_was_wrong(file, path, str(error))}") from error
    if file.state() != before:
        raise LandingError(f"{file.name} changed while it was read: write a file elsewhere, then move it in")


@contextmanager
def _unpacked(file: LandedFile, work: Path, limits: Limits) -> Iterator[Path]:
    """The file itself, or a copy that DuckDB reads safely.

    DuckDB takes a cut-off gzip file for a shorter one, and refuses JSON behind a byte order mark.
    """
    packed = file.ending.endswith(".gz")
    with file.path.open("rb") as stream:
        marked = stream.read(3) == _BYTE_ORDER_MARK
    if not packed and not (marked and file.kind == "jsonl"):
        if file.kind != "parquet":
            refuse_endless_line(file, file.path)
        yield file.path
        return
    copy = work / f"unpacked.{file.kind}"
    try:
        with gzip.open(file.path) if packed else file.path.open("rb") as stream, copy.open("wb") as target:
            head = stream.read(3)
            target.write(head.removeprefix(_BYTE_ORDER_MARK))
            copy_within(limits, file, stream, target)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise LandingError(f"{file.name}: the gzip file is broken: {error}") from error
    try:
        refuse_endless_line(file, copy)
        yield copy
    finally:
        copy.unlink()


def _open_csv(file: LandedFile, path: Path) -> OpenedFile:
    columns = _csv_header(file, path)
    types = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(columns)))
    query = (
        f"select * from read_csv({_glob(path)}, columns = {{{types}}}, auto_detect = false, header = true, "
        "delim = ',', quote = '\"', escape = '\"', nullstr = '', hive_partitioning = false)"
    )
    return OpenedFile(file, columns, query)


def _csv_header(file: LandedFile, path: Path) -> tuple[str, ...]:
    # Letters that aren't UTF-8 are let through here: DuckDB names the line they are on.
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        try:
            header = next(csv.reader(stream, strict=True), [])
        except csv.Error as error:
            raise LandingError(f"{file.name}, line 1: {error}") from error
    columns = tuple(name.strip() for name in header)
    if not any(columns):
        raise LandingError(f"{file.name} is empty: the first line of a CSV file names its columns")
    for place, name in enumerate(columns, start=1):
        if "\x00" in name or "\N{REPLACEMENT CHARACTER}" in name:
            raise LandingError(f"{file.name}, line 1: the file is not UTF-8 text")
        if not name:
            raise LandingError(f"{file.name}, line 1: column {place} has no name")
        if columns.index(name) != place - 1:
            raise LandingError(f"{file.name}, line 1: two columns are called {name}")
    return columns


def _open_jsonl(con: duckdb.DuckDBPyConnection, file: LandedFile, path: Path) -> OpenedFile:
    lines = f"select json as line from read_ndjson_objects({_glob(path)}, hive_partitioning = false)"
    # What is no object has no keys; of those that have some, there are few kinds.
    kinds = con.execute(
        f"select json_keys(line) as keys, bool_and(len(json_keys(line)) > 0 or json_type(line) = 'OBJECT') "
        f"from ({lines}) group by keys"
    ).fetchall()
    if any(len(set(keys)) < len(keys) or not are_objects for keys, are_objects in kinds):
        raise LandingError(f"{file.name}{_first_wrong_line(con, lines)}")
    columns = tuple(sorted({key for keys, _ in kinds for key in keys}))
    pointers = ", ".join(literal("/" + c.replace("~", "~0").replace("/", "~1")) for c in columns)
    cells = ", ".join(f"{_json_text(file, name, place)} as c{place - 1}" for place, name in enumerate(columns, start=1))
    # All texts of a line in one parse. Without any column there is still a row a line.
    texts = f"select line, json_extract_string(line, [{pointers}]) as texts from ({lines})"
    return OpenedFile(file, columns, f"select {cells} from ({texts})" if columns else lines)


def _first_broken_line(path: Path) -> str | None:
    """Which line of a file is no JSON; DuckDB counts otherwise."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                json.loads(line if line.strip() else "{}")
            except json.JSONDecodeError as error:
                return f", line {number}: not a JSON object on one line: {error.msg} at letter {error.colno}"
    return None


def _first_wrong_line(con: duckdb.DuckDBPyConnection, lines: str) -> str:
    row, no_object = con.execute(
        "select row, json_type(line) <> 'OBJECT' as no_object "
        f"from (select row_number() over () as row, line from ({lines})) "
        "where no_object or len(json_keys(line)) <> len(list_distinct(json_keys(line))) order by row limit 1"
    ).fetchone()
    return f", row {row}: {'not a JSON object' if no_object else 'one key stands there twice'}"


def _json_text(file: LandedFile, name: str, place: int) -> str:
    """A JSON value's text; of a number with decimals, the digits as landed: the parser's own have 17 at most."""
    text = f"texts[{place}]"
    pattern = re.escape(json.dumps(name, ensure_ascii=False)) + r"\s*:\s*(-?[0-9][0-9.eE+-]*)"
    digits = f"regexp_extract(line, {literal(pattern)}, 1)"
    as_landed = digits
    if any(column.name == name and column.kind == "decimal" for column in file.table.landed_columns):
        # JSON writers put large numbers as 1.5E7.
        plain = f"coalesce(try_cast(try_cast({digits} as decimal(38, 18)) as varchar), {text})"
        as_landed = f"case when contains(upper({digits}), 'E') then {plain} else {digits} end"
    # The comparison keeps out a number of the same name from deeper within the line.
    is_number = (
        f"regexp_full_match({text}, '-?[0-9]+[.eE].*') and try_cast({digits} as double) = try_cast({text} as double)"
    )
    return f"case when {is_number} then {as_landed} else {text} end"


def _open_parquet(con: duckdb.DuckDBPyConnection, file: LandedFile, path: Path) -> OpenedFile:
    source = f"read_parquet({_glob(path)}, binary_as_string = true, hive_partitioning = false)"
    described = con.execute(f"describe select * from {source}").fetchall()
    kinds = {column.name: column for column in file.table.landed_columns}
    cells = ", ".join(
        f"{_parquet_text(identifier(name), parquet_type, kinds.get(name))} as c{place}"
        for place, (name, parquet_type, *_) in enumerate(described)
    )
    of_their_type = {
        name: f"{identifier(name)} as v{place}"
        for place, (name, parquet_type, *_) in enumerate(described)
        if name in kinds and _is_of_its_type(parquet_type, kinds[name])
    }
    query = f"select {', '.join([cells, *of_their_type.values()])} from {source}"
    return OpenedFile(file, tuple(name for name, *_ in described), query, frozenset(of_their_type))


def _is_of_its_type(parquet_type: str, column: Column) -> bool:
    """Whether Parquet holds what the contract asks for, so that it needn't be written out and read back."""
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


def _parquet_text(cell: str, parquet_type: str, column: Column | None) -> str:
    """A Parquet value as text that a contract type can be read back from without loss."""
    if parquet_type in ("FLOAT", "DOUBLE"):
        return _float_text(f"cast({cell} as double)", column)
    if parquet_type.startswith("TIMESTAMP") and "TIME ZONE" in parquet_type:
        return f"cast(timezone('UTC', {cell}) as varchar)"
    if parquet_type.endswith("]") or parquet_type.startswith(("STRUCT", "MAP", "UNION")):
        return f"cast(to_json({cell}) as varchar)"
    return f"cast({cell} as varchar)"


def _float_text(value: str, column: Column | None) -> str:
    as_is = f"cast({value} as varchar)"
    if column is not None and column.kind == "decimal":
        scale = column.size[1]
        rounded = f"round({value}, {scale})"
        exact = f"abs({value}) < 1e15 and abs({value} - {rounded}) <= {_FLOAT_TOLERANCE}"
        return f"case when {exact} then cast(cast({rounded} as decimal(38, {scale})) as varchar) else {as_is} end"
    # Ids and counts become floats where a column of whole numbers has gaps.
    whole = f"abs({value}) < 1e15 and {value} = trunc({value})"
    return f"case when {whole} then cast(cast({value} as bigint) as varchar) else {as_is} end"


def _glob(path: Path) -> str:
    """A path as an SQL literal in which no letter is a wildcard."""
    return literal(re.sub(r"([\[*?])", r"[\1]", str(path)))


def _what_was_wrong(file: LandedFile, path: Path, message: str) -> str:
    """What helps whoever has to mend the file, out of DuckDB's message, as the end of a sentence on the file."""
    first_line = message.splitlines()[0].strip()
    match file.kind:
        case "csv":
            return _csv_fault(message) or f": {first_line}"
        case "jsonl":
            return _first_broken_line(path) or f": {first_line}"
        case _:
            return f": not a readable Parquet file: {first_line}"


def _csv_fault(message: str) -> str | None:
    line = _CSV_LINE.search(message)
    where = f", line {line[1]}" if line else ""
    if width := _CSV_WIDTH.search(message):
        return f"{where}: {width[2]} cells, but the first line names {width[1]} columns"
    if "unterminated quote" in message:
        return f"{where}: a quotation mark that does not close, or text behind one that closes"
    if "not utf-8 encoded" in message:
        return f"{where}: the file is not UTF-8 text"
    if "state machine reached an invalid state" in message:
        return ": not a CSV file as RFC 4180 has it: mixed line endings, or a quotation mark that does not close"
    return None
