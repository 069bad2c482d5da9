"""A mapping proposed for a file nobody described: by its header's words and its cells.

Here: encoding, delimiter, header line, grain, columns, date formats and number styles. What fits in more than one way
is left open (`?`) with the ways beside it, and never chosen. Not here: reading by a mapping (reading.py, rows.py), the
text of the mapping.yml (proposal.py).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.worksheets import is_book
from duebook.adapters.flat.cells import EXPECTED, contradict
from duebook.adapters.flat.looks import ALIKE, DATE_FORMATS, NUMBER, alike, parses, plain, says_nothing
from duebook.adapters.flat.mapping import UNDECIDED, File, Grain, GrainField, grains, read_grain
from duebook.adapters.flat.reading import lines_of, list_files

ENCODINGS = ("utf-8", "windows-1252")
DELIMITERS = (",", ";", "\t", "|")
# Lines looked at: for the header, and for what columns hold.
HEADER_LINES, SAMPLE_LINES = 30, 5_000
# How much less alike a column of names is, where a number is looked for.
LIKE_A_NAME = 0.15
# By how much a grain fits better that others fit as well but for the kinds its rows have.
SLIGHTLY = 0.001
# How many words a column has at most that says what a row is.
MOST_WORDS = 20
# Words that lines of totals begin with, or have second: `Sous-total`, `Grand total`.
TOTALS = {"total", "totals", "totaux", "subtotal", "summe", "zwischensumme", "gesamt", "gesamtsumme", "somme", "suma"}
ISO_DATES = "YYYY-MM-DD"
# Of which types the columns are whose cells say how dates and numbers are written.
KINDS = {"dates": ("date", "time"), "numbers": ("money", "number")}
# Ways of writing dates that are looked for in one file.
MOST_FORMATS = 3
_SYMBOL = re.compile(r"[A-Z]{3}|[$€£¥₹]")


@dataclass(frozen=True)
class NumberStyle:
    """How numbers are written; `decimal` is `?` where a point and a comma both fit."""

    decimal: str
    thousands: str
    negative: list[str]
    strips_symbols: bool
    ways: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Guess:
    """What a file seems to be.

    Attributes:
        file: the file.
        how: encoding, delimiter and header line.
        grain: what a row is.
        header: the columns' names.
        columns: by field, the column that holds it.
        maps: by field that may have few values, what each cell of its column means; `?` where that isn't clear.
        dates: formats that fit most cells of all date columns; then those that fit most of the others, and so on.
            Several that fit alike are a question.
        numbers: how numbers are written.
        empty: cells of dates, numbers and the like that say nothing, such as `-`.
        total_column: a column that is empty in lines that look like totals.
        lines: the first lines of cells, by column, without those that look like totals.
        unclear: fields that name something whose columns hold words, as names do.
        passed_over: by field, a column that fits its words, too, and was not taken.
    """

    file: Path
    how: File
    grain: str
    header: list[str]
    columns: dict[str, str]
    maps: dict[str, dict[str, str]]
    dates: list[list[str]]
    numbers: NumberStyle
    empty: list[str]
    total_column: str | None
    lines: list[dict[str, str | None]]
    unclear: list[str] = field(default_factory=list)
    passed_over: dict[str, str] = field(default_factory=dict)


def guess(place: str, grain: str | None = None) -> Guess:
    """Propose what a file is.

    Args:
        place: the file, or a pattern; the first is looked at.
        grain: what a row is, if the user says.

    Raises:
        AdapterError: the file can't be read, or nothing in it looks like a header.
    """
    file = list_files(place)[0]
    how = _how_to_read(file)
    lines = list(islice(lines_of(file, how, "."), SAMPLE_LINES))
    header = [(cell or "").strip() for cell in lines[0][1]]
    rows = [dict(zip(header, cells, strict=False)) for _, cells in lines[1:]]
    cells = _cells(header, rows)
    chosen, columns, passed_over = _judge(grain, cells, rows)
    total = _total_column(read_grain(chosen), columns, rows)
    if total is not None:
        # A line of a total says nothing of what the columns hold.
        rows = [row for row in rows if _holds(row, total)]
        cells = _cells(header, rows)
        chosen, columns, passed_over = _judge(grain, cells, rows)
    fields = read_grain(chosen).fields
    typed = [column for name, column in columns.items() if fields[name].type in EXPECTED]
    empty = sorted({value for column in typed for value in cells[column] if says_nothing(value)})
    cells = {column: [value for value in values if value not in empty] for column, values in cells.items()}
    of_type = {kind: [columns[name] for name in columns if fields[name].type in kinds] for kind, kinds in KINDS.items()}
    dates = [value for name in of_type["dates"] for value in cells[name]]
    of_sheet = _numbers_of_sheet(file, how, header) if is_book(file) else set()
    numbers = [value for name in of_type["numbers"] for value in cells[name] if (name, value) not in of_sheet]
    maps = {name: _map(fields[name].one_of, cells[column]) for name, column in columns.items() if fields[name].one_of}
    unclear = [name for name, column in columns.items() if fields[name].type == "id" and not _is_code(cells[column])]
    style = _number_style(numbers)
    formats = _date_formats(dates)
    return Guess(file, how, chosen, header, columns, maps, formats, style, empty, total, rows, unclear, passed_over)


def _cells(header: Sequence[str], rows: Sequence[dict[str, str | None]]) -> dict[str, list[str]]:
    """By column, the cells that aren't empty."""
    return {name: [row[name].strip() for row in rows if _holds(row, name)] for name in header if name}


def _holds(row: dict[str, str | None], column: str) -> bool:
    return bool((row.get(column) or "").strip())


def _judge(
    grain: str | None, cells: dict[str, list[str]], rows: Sequence[dict[str, str | None]]
) -> tuple[str, dict[str, str], dict[str, str]]:
    """The grain that fits best, the columns of its fields, and what was passed over for them."""
    cells = {column: [value for value in values if not says_nothing(value)] for column, values in cells.items()}
    chosen, columns = max(
        ((one, _columns(read_grain(one), cells, len(rows))) for one in ([grain] if grain else grains())),
        key=lambda found: _fit(read_grain(found[0]), found[1], cells, rows),
    )
    return chosen, *_rather(read_grain(chosen), columns, cells, len(rows))


def _how_to_read(file: Path) -> File:
    """Encoding, delimiter and the header's line."""
    if is_book(file):
        lines = list(islice(lines_of(file, File(), "."), HEADER_LINES))
        return File(header_row=_header_row(file, lines))
    encoding = next((one for one in ENCODINGS if _decodes(file, one)), ENCODINGS[-1])
    text = file.read_text(encoding=encoding)[:100_000].splitlines()[:HEADER_LINES]
    # The one that most lines have most alike.
    delimiter = max(DELIMITERS, key=lambda sign: sorted(line.count(sign) for line in text)[len(text) // 2])
    how = File(encoding=encoding, delimiter=delimiter)
    return how.model_copy(
        update={"header_row": _header_row(file, list(islice(lines_of(file, how, "."), HEADER_LINES)))}
    )


def _decodes(file: Path, encoding: str) -> bool:
    try:
        file.read_text(encoding=encoding)
    except UnicodeDecodeError:
        return False
    return True


def _header_row(file: Path, lines: Sequence[tuple[int, list[str | None]]]) -> int:
    """The first line that has about as many cells as the lines after it, all of them words, no two alike."""
    widths = sorted(sum(bool(cell) for cell in cells) for _, cells in lines)
    usual = widths[len(widths) // 2] if widths else 0
    for number, cells in lines:
        words = [cell.strip() for cell in cells if cell and cell.strip()]
        if len(words) >= max(2, 0.7 * usual) and len(set(words)) == len(words) and not any(map(_is_value, words)):
            return number
    raise AdapterError(f"{file}: none of the first {HEADER_LINES} lines looks like one that names columns.")


def _is_value(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell)) or any(parses(cell, one) for one in DATE_FORMATS)


def _columns(grain: Grain, cells: dict[str, list[str]], rows: int) -> dict[str, str]:
    """The column of each field: the most alike in name, of those whose cells can hold it; each column once."""
    pairs = []
    for name, one in grain.fields.items():
        for column, values in cells.items():
            likeness = max((alike(plain(column), word) for word in [*one.words, name.replace("_", " ")]), default=0)
            if one.type == "id" and not _is_code(values):
                likeness -= LIKE_A_NAME
            if likeness >= ALIKE and _can_hold(one, values, name.endswith("_id") and one.required, rows):
                pairs.append((likeness, one.required, name, column))
    found: dict[str, str] = {}
    for _, _, name, column in sorted(pairs, key=lambda pair: (-pair[0], not pair[1])):
        if name not in found and column not in found.values():
            found[name] = column
    return {name: found[name] for name in grain.fields if name in found}


def _rather(
    grain: Grain, columns: dict[str, str], cells: dict[str, list[str]], rows: int
) -> tuple[dict[str, str], dict[str, str]]:
    """The columns with those taken that a list of open items should rather have; and by field, what was passed over.

    What such a list has of a document is what is open of it: its original amount would count what was paid as open.
    Where rows are cleared, nothing is open of them, and the original amount is what was cleared.
    """
    taken, passed_over = dict(columns), {}
    for name, one in grain.fields.items():
        if name not in columns or set(grain.settled_by) & columns.keys():
            continue
        open_ones = [
            column
            for column, values in cells.items()
            if any(f" {word} " in f" {plain(column)} " for word in one.rather)
            and values
            and _can_hold(one, values, False, rows)
            # 01.03.2024 looks like a number, too.
            and not any(parses(values[0], written) for written in DATE_FORMATS)
        ]
        free = [column for column in open_ones if column not in columns.values()]
        if free and columns[name] not in open_ones:
            taken[name], passed_over[name] = free[0], columns[name]
    return taken, passed_over


def _is_code(values: Sequence[str]) -> bool:
    """Whether cells look like numbers or codes of something, and not like its name."""
    return 2 * sum(" " in value for value in values) <= len(values)


def _can_hold(one: GrainField, values: Sequence[str], is_key: bool, rows: int) -> bool:
    sample = values[:200]
    if one.one_of and len(set(values)) > max(len(one.one_of), MOST_WORDS):
        return False
    if one.looks and sum(bool(re.fullmatch(one.looks, value)) for value in sample) < ALIKE * max(len(sample), 1):
        return False
    match one.type:
        case "date" | "time":
            return not sample or sum(any(parses(one, f) for f in DATE_FORMATS) for one in sample) >= 0.8 * len(sample)
        case "money" | "number" | "integer":
            return not sample or sum(bool(NUMBER.fullmatch(one)) for one in sample) >= 0.8 * len(sample)
        case "id" if is_key:
            return bool(values)
        case _:
            return True


def _fit(
    grain: Grain,
    columns: dict[str, str],
    cells: Mapping[str, Sequence[str]],
    rows: Sequence[dict[str, str | None]],
) -> float:
    """How well a grain fits: the share of columns that have a field, and of its required fields that have a column.

    Less where what should name a row doesn't, as a customer that comes again.
    """
    required = [name for name, one in grain.fields.items() if one.required]
    # Of few required fields all are found easily.
    found = sum(name in columns for name in required) / (len(required) + 2)
    # Of an amount only its sign names a row.
    named_by = [columns[name] for name in grain.key if name in columns and grain.fields[name].type != "money"]
    named = [row for row in rows if named_by and (row.get(named_by[0]) or "").strip()]
    names = [tuple(row.get(column) for column in named_by) for row in named]
    # Of two that fit alike, the one whose rows may be of several kinds, where a column says which.
    kinds = sum(bool(grain.fields[name].one_of) for name in columns) * SLIGHTLY
    return found + len(columns) / len(cells) - (len(set(names)) < 0.9 * len(names)) + kinds


def _numbers_of_sheet(file: Path, how: File, header: Sequence[str]) -> set[tuple[str, str]]:
    """Cells of a worksheet that are numbers there: (column, text). They get any decimal sign, and say nothing of it."""
    by_sign = (islice(lines_of(file, how, sign), 1, SAMPLE_LINES) for sign in (".", ","))
    return {
        (name, point.strip())
        for (_, points), (_, commas) in zip(*by_sign, strict=True)
        for name, point, comma in zip(header, points, commas, strict=False)
        if point != comma
    }


def _map(one_of: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    """What the cells of a column mean; nothing, where all are what they have to be."""
    known = {plain(one): one for one in one_of}
    found = {value: known.get(plain(value), UNDECIDED) for value in sorted(set(values))}
    return {} if set(found) <= set(one_of) else found


def _date_formats(values: Sequence[str]) -> list[list[str]]:
    """The formats that fit most values, then those that fit most of the others; several that fit alike are a question.

    What is written as a worksheet's own dates are fits whatever is said.
    """
    left = {value for value in values if not parses(value, ISO_DATES)} or set(values)
    found: list[list[str]] = []
    while left and len(found) < MOST_FORMATS:
        known = [one for formats in found for one in formats]
        fits = {one: sum(parses(value, one) for value in left) for one in DATE_FORMATS if one not in known}
        most = max(fits.values())
        formats = [one for one, number in fits.items() if number == most and most]
        # What only a format fits that reads the others as other days is misspelt.
        if not formats or any(contradict(one, other) for one in formats for other in known):
            break
        found.append(formats)
        left = {value for value in left if not any(parses(value, one) for one in formats)}
    return found


def _number_style(values: Sequence[str]) -> NumberStyle:
    """How most numbers are written."""
    bare = [_SYMBOL.sub("", value).strip() for value in values]
    strips = any(_SYMBOL.search(value) for value in values)
    negative = ["minus"] + ["trailing_minus"] * any(one.endswith("-") for one in bare)
    negative += ["parentheses"] * any(one.startswith("(") for one in bare)
    digits = [re.sub(r"[-()]", "", one).strip() for one in bare]
    ways = ((".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"))
    fits = {
        (decimal, thousands): sum(_is_written(one, decimal, thousands) for one in digits) for decimal, thousands in ways
    }
    styles = [way for way, number in fits.items() if number == max(fits.values()) and number]
    signs = {decimal for decimal, _ in styles}
    has_sign = any("." in one or "," in one for one in digits)
    # 1,234 is a thousand and more, or one and a bit: the file doesn't say.
    if has_sign and len(signs) > 1:
        return NumberStyle("?", "", negative, strips, [f"decimal {d!r}, thousands {t!r}" for d, t in styles])
    decimal, thousands = styles[0] if styles else (".", "")
    return NumberStyle(decimal, thousands, negative, strips)


def _is_written(digits: str, decimal: str, thousands: str) -> bool:
    group = "[ \u00a0\u202f]" if thousands == " " else re.escape(thousands)
    whole = f"([0-9]{{1,3}}({group}[0-9]{{3}})+|[0-9]+)" if thousands else "[0-9]+"
    return bool(re.fullmatch(f"{whole}({re.escape(decimal)}[0-9]*)?|{re.escape(decimal)}[0-9]+", digits))


def _total_column(grain: Grain, columns: dict[str, str], rows: Sequence[dict[str, str | None]]) -> str | None:
    """A column that is empty in lines in which an amount is filled and hardly more: those of totals.

    They are few, unless each says that it is one.
    """
    money = [columns[name] for name in columns if grain.fields[name].type == "money"]
    named = [
        column
        for name, column in columns.items()
        if grain.fields[name].required and grain.fields[name].type in ("id", "text", "date")
    ]

    def is_total(row: dict[str, str | None]) -> bool:
        # A total may have a word beside it, and a currency.
        filled = [one for one in named if _holds(row, one)]
        return len(filled) <= len(named) / 2 and any(row.get(one) for one in money)

    for column in named:
        empty = [row for row in rows if not _holds(row, column)]
        are_few = len(empty) < 0.2 * len(rows) or (len(empty) < len(rows) and all(map(_says_total, empty)))
        if empty and are_few and all(map(is_total, empty)):
            return column
    return None


def _says_total(row: dict[str, str | None]) -> bool:
    return any(TOTALS & set(plain(cell).split()[:2]) for cell in row.values() if cell)
