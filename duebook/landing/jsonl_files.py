"""Opens a landed file of JSON lines: it is parsed line by line, and its values are passed to DuckDB as text.

Numbers keep all the digits they were written with; a parser's floats would keep 17. Not here: cells (``cells``).
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from duebook.landing.files import LandedFile, LandingError
from duebook.landing.opened import LONGEST_LINE, MOST_COLUMNS, OpenedFile, glob, known_columns

# How many lines, or bytes, of a file are in memory at once.
_PART_LINES, _PART_BYTES = 50_000, 1 << 25
# Numbers with a larger power of ten than this (or a smaller one than its negative) fit into no column.
_HIGHEST_POWER = 40


class _Number(str):
    """A JSON number as it is written."""

    __slots__ = ()


class _FaultError(ValueError):
    """What is wrong with a line."""


def open_jsonl(file: LandedFile, path: Path, work: Path) -> OpenedFile:
    """Open a file of JSON lines; DuckDB reads a copy in ``work``.

    Args:
        file: the file, as messages name it.
        path: where it is, unpacked.
        work: folder for the copy.

    Raises:
        LandingError: a line is not a JSON object, or one that can't be stored; names the line.
    """
    parts = work / "jsonl"
    parts.mkdir()
    decimals = {column.name for column in file.table.landed_columns if column.kind == "decimal"}
    places: dict[str, int] = {}
    copies: list[Path] = []
    for rows in _parts(file, path):
        for name in dict.fromkeys(name for row in rows for name in row):
            places.setdefault(name, len(places))
        columns = {f"c{place}": pa.array(_texts(rows, name, decimals), pa.string()) for name, place in places.items()}
        # A line with an empty object is a row, too.
        columns["line"] = pa.nulls(len(rows))
        copies.append(parts / f"{len(copies)}.parquet")
        pq.write_table(pa.table(columns), copies[-1], compression="none")
    query = f"select * from read_parquet([{', '.join(map(glob, copies))}], union_by_name = true)"
    return OpenedFile(file, tuple(places), query if copies else "select null where false")


def _parts(file: LandedFile, path: Path) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    size = 0
    names: set[str] = set()
    for number, line in _lines(file, path):
        try:
            row = _parsed(line)
        except _FaultError as fault:
            raise LandingError(f"{file.name}, line {number}: {fault}") from None
        rows.append(row)
        names.update(row)
        size += len(line)
        if len(names) > MOST_COLUMNS:
            raise LandingError(
                f"{file.name}, line {number}: with this line the file has more than {MOST_COLUMNS} columns, the most "
                "that is allowed: land only the columns of the contract and those you need"
            )
        if len(rows) >= _PART_LINES or size >= _PART_BYTES:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def _lines(file: LandedFile, path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise LandingError(
                    f"{file.name}, line {number}{_last_column(file, line)}: the line is longer than {LONGEST_LINE:,} "
                    "bytes, the most that is allowed: shorten the value, or write one object on each line"
                )
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line


def _last_column(file: LandedFile, line: bytes) -> str:
    names = re.findall(r'"(\w+)"\s*:', line.decode("utf-8", "replace"))
    return f", column {names[-1]}" if names and names[-1] in known_columns(file.table) else ""


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        text = line.decode().rstrip("\r\n")
        value = _DECODER.decode(text)
        # JSON allows half of a surrogate pair; UTF-8 doesn't.
        if "\\u" in text:
            _json(value).encode()
    except json.JSONDecodeError as error:
        raise _FaultError(f"not a JSON object on one line: {error.msg} at character {error.pos + 1}") from None
    except UnicodeDecodeError:
        raise _FaultError("the file is not UTF-8 text: export it as UTF-8") from None
    except UnicodeEncodeError:
        raise _FaultError(
            "half of a surrogate pair (\\ud800 to \\udfff), which is not a character: leave it out"
        ) from None
    except RecursionError:
        raise _FaultError("nested too deeply to be a row") from None
    if not isinstance(value, dict):
        raise _FaultError('not a JSON object: every line must be one, such as {"column": value, ...}')
    if "\\u0000" in text and any("\x00" in name for name in value):
        raise _FaultError("a key contains a NUL character (\\u0000): rename the column")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise _FaultError("the same key appears twice: leave out one of the two")
    return value


# NaN and Infinity aren't JSON, but are often written: they are kept as text, so that no column takes them as numbers.
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_Number, parse_int=_Number, parse_constant=_Number)


def _texts(rows: list[dict[str, Any]], name: str, decimals: set[str]) -> list[str | None]:
    values = [row.get(name) for row in rows]
    kinds = set(map(type, values))
    if name in decimals and _Number in kinds:
        values = [_plain(value) if type(value) is _Number else value for value in values]
    if kinds <= {str, _Number, type(None)}:
        return values
    return [value if value is None or isinstance(value, str) else _json(value) for value in values]


def _plain(number: str) -> str:
    """Return a number without a power of ten: some programs write large numbers as 1.5E7."""
    if "e" not in number and "E" not in number:
        return number
    _, exponent = re.split("[eE]", number)
    return f"{Decimal(number):f}" if len(exponent) < 9 and abs(int(exponent)) <= _HIGHEST_POWER else number


def _json(value: Any) -> str:
    """Return a value as JSON text, in which numbers keep their digits."""
    match value:
        case _Number():
            return str(value)
        case dict():
            return "{" + ",".join(f"{_quoted(key)}:{_json(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_json, value)) + "]"
        case str():
            return _quoted(value)
        case _:
            return {True: "true", False: "false", None: "null"}[value]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
