"""The text of a proposed mapping.yml, with what was not decided marked and explained, and a look at the first rows."""

import json
from collections.abc import Iterator

from duebook.adapters.engine.worksheets import is_book
from duebook.adapters.flat.guessing import Guess
from duebook.adapters.flat.keeping import TABLES
from duebook.adapters.flat.mapping import OF_SNAPSHOTS, SNAPSHOT, UNDECIDED, Grain, read_grain

ROWS_SHOWN = 10
_HEAD = """\
# Proposed for {file}. Look it through: every {undecided} has to be chosen, and each column may be another.
# Fields of the grain {grain}: {fields}.
"""


def proposal(found: Guess) -> str:
    """Write the mapping of a guess as YAML."""
    grain = read_grain(found.grain)
    left = [name for name in grain.fields if name not in found.columns]
    lines = [_HEAD.format(file=found.file.name, undecided=UNDECIDED, grain=found.grain, fields=", ".join(grain.fields))]
    lines += [
        f"grain: {found.grain}",
        *_exports(found, grain),
        *_file(found),
        *_dates(found),
        *_numbers(found),
        *([f"empty: {json.dumps(found.empty, ensure_ascii=False)}  # cells that say nothing"] if found.empty else []),
        "columns:",
    ]
    lines += [f"  {name}: {_column(found, name)}{_why(found, name)}" for name in found.columns]
    lines += _constants(grain, left)
    unused = [name for name in found.header if name and name not in found.columns.values()]
    if unused:
        lines.append(f"# Columns of the file that nothing takes: {', '.join(unused)}.")
        if found.grain in TABLES:
            lines.append(f"# To land one as it is: keep: {json.dumps(unused[:1], ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def questions(found: Guess) -> list[str]:
    """What a person has to decide before anything can be landed."""
    grain = read_grain(found.grain)
    asked = []
    for place, formats in enumerate(found.dates):
        if len(formats) > 1:
            which = "others fit" if place else "they fit"
            asked.append(f"dates: {which} {' and '.join(formats)} alike; which is meant?")
    if found.numbers.decimal == UNDECIDED:
        asked.append(f"numbers: they fit {'; '.join(found.numbers.ways)} alike; which is meant?")
    for name, meant in found.maps.items():
        unclear = [value for value, word in meant.items() if word == UNDECIDED]
        if unclear:
            words = ", ".join(grain.fields[name].one_of)
            asked.append(f"{name}: {found.columns[name]} has {', '.join(unclear)}; what is each: {words}?")
    for name in found.unclear:
        asked.append(f"{name}: {found.columns[name]} holds words, as names do. {grain.fields[name].says} Is it that?")
    for name, one in grain.fields.items():
        if one.required and name not in found.columns:
            asked.append(f"{name}: no column looks like it. {one.says} Name one under columns, or give a constant.")
    return asked


def before_and_after(found: Guess) -> Iterator[str]:
    """The first rows: each field's value beside the column it comes from."""
    for number, row in enumerate(found.lines[:ROWS_SHOWN], start=1):
        yield f"row {number}: " + ", ".join(
            f"{name}={row.get(column) or '(empty)'}" for name, column in found.columns.items()
        )


def _exports(found: Guess, grain: Grain) -> list[str]:
    """A list in which nothing is settled may have all that is open, which only a person knows."""
    if found.grain != OF_SNAPSHOTS or set(grain.settled_by) & set(found.columns):
        return []
    return [
        f"# exports: {SNAPSHOT}  # say so if the list has all that is open on its day; the day is in the file's name"
    ]


def _column(found: Guess, name: str) -> str:
    column = json.dumps(found.columns[name], ensure_ascii=False)
    meant = found.maps.get(name)
    if not meant:
        return column
    listed = ", ".join(f"{json.dumps(value, ensure_ascii=False)}: {json.dumps(word)}" for value, word in meant.items())
    return f"{{column: {column}, map: {{{listed}}}}}"


def _why(found: Guess, name: str) -> str:
    other = found.passed_over.get(name)
    return f"  # and not {other}: a list of open items counts what is open of each document" if other else ""


def _file(found: Guess) -> list[str]:
    how = found.how
    lines = [f"  header_row: {how.header_row}"] if how.header_row != 1 else []
    if not is_book(found.file):
        lines += [f"  encoding: {how.encoding}", f"  delimiter: {json.dumps(how.delimiter)}"]
    if found.total_column:
        column = json.dumps(found.total_column, ensure_ascii=False)
        lines.append(f"  skip: [{{column: {column}, empty: true}}]  # lines that look like totals")
    return ["file:", *lines] if lines else []


def _dates(found: Guess) -> list[str]:
    if not found.dates:
        return []
    said = [f"'{UNDECIDED}'" if len(formats) > 1 else json.dumps(formats[0]) for formats in found.dates]
    unclear = [f"one of {', '.join(formats)}" for formats in found.dates if len(formats) > 1]
    asked = f"  # {'; then '.join(unclear)}: the file's dates fit each of them alike" if unclear else ""
    listed = f"[{', '.join(said)}]" if len(said) > 1 else said[0].replace('"', "")
    return [f"dates: {listed}{asked}"]


def _numbers(found: Guess) -> list[str]:
    style = found.numbers
    lines = [
        f"  decimal: {json.dumps(style.decimal)}" + (f"  # {'; or '.join(style.ways)}" if style.ways else ""),
        f"  thousands: {json.dumps(style.thousands)}",
        f"  negative: [{', '.join(style.negative)}]",
    ]
    return ["numbers:", *lines, *(["  symbols: strip"] if style.strips_symbols else [])]


def _constants(grain: Grain, left: list[str]) -> list[str]:
    asked = [name for name in left if grain.fields[name].required]
    lines = [f"  {name}: '{UNDECIDED}'  # {grain.fields[name].says}" for name in asked]
    return ["constants:", *lines] if lines else []
