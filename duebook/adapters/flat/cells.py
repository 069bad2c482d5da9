"""Dates, times, numbers and words as people write them, in SQL: the value of a cell, NULL where it can't be read.

Pure text in, SQL text out. Not here: which column is of which type (mapping.py).
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from duebook.sql_text import literal

if TYPE_CHECKING:
    from duebook.adapters.flat.mapping import Numbers

FieldType = Literal["text", "id", "date", "time", "boolean", "money", "number", "integer"]
# What a date format is made of, the longest first, and what DuckDB's strptime calls it.
DATE_WORDS = {"YYYY": "%Y", "YY": "%y", "MONTH": "%B", "MON": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d"}
_WORD = re.compile("|".join(DATE_WORDS))
ISO = "%Y-%m-%d"
SQL_TYPES = {
    "text": "VARCHAR",
    "id": "VARCHAR",
    "date": "DATE",
    "time": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "money": "DECIMAL(18,4)",
    "number": "DECIMAL(24,12)",
    "integer": "INTEGER",
}
NUMERIC = ("money", "number", "integer")
EXPECTED = {
    "date": "a date written {dates}",
    "time": "a time written {dates}, with hours and minutes after it",
    "boolean": "yes or no",
    "money": 'an amount with the decimal sign "{decimal}"',
    "number": 'a number with the decimal sign "{decimal}"',
    "integer": "a whole number",
}
_NOTHING = "or list under empty what says that there is none, as in empty: ['-']."
_DATES = f"Correct them, add how they are written to dates, {_NOTHING}"
_NUMBERS = f"Correct them, say under numbers how the file writes them, {_NOTHING}"
ADVICE = {
    "date": _DATES,
    "time": _DATES,
    "boolean": "Correct them, or say in the column's map which word means yes.",
    "money": _NUMBERS,
    "number": _NUMBERS,
    "integer": _NUMBERS,
    "key": "Remove what is there twice, or name several columns that together name a row, as in column: [A, B].",
}
_YES = "('yes', 'y', 'true', 't', '1', 'x', 'ja', 'j', 'oui', 'o', 'si', 's', 'sí', 'wahr', 'vrai')"
_NO = "('no', 'n', 'false', 'f', '0', 'nein', 'non', 'falsch', 'faux')"
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
# Space, tab, line ends, and the no-break spaces that spreadsheets use.
_SPACES = "[\\s\u00a0\u202f]"


def date_format(written: str) -> str | None:
    """A format such as DD/MM/YYYY as strptime has it; None where it isn't one."""
    words = _WORD.findall(written.upper())
    parts = {DATE_WORDS[word].lower() for word in words}
    if len(words) != 3 or len(parts & {"%y", "%d"}) != 2 or not parts & {"%m", "%b"}:
        return None
    return _WORD.sub(lambda found: DATE_WORDS[found[0]], written.upper())


def contradict(one: str, other: str) -> bool:
    """Whether two formats read one text as two days, as DD/MM/YYYY and MM/DD/YYYY do."""
    day = date(2003, 2, 1)
    try:
        read = datetime.strptime(day.strftime(date_format(one) or ""), date_format(other) or "").date()
    except ValueError:
        return False
    return read != day


def text(cell: str) -> str:
    """SQL of a cell's text without spaces around it; empty is NULL."""
    return f"nullif(regexp_replace({cell}, '^{_SPACES}+|{_SPACES}+$', '', 'g'), '')"


def value(cell: str, kind: FieldType, dates: Sequence[str], numbers: "Numbers") -> str:
    """SQL of a cell's value.

    Args:
        cell: SQL of its text, as `text` has it.
        kind: what it holds.
        dates: formats, tried in this order; a spreadsheet's own dates come as YYYY-MM-DD, which always fits.
        numbers: how numbers are written.
    """
    formats = [date_format(one) for one in dates]
    match kind:
        case "date":
            listed = ", ".join(literal(one) for one in [ISO, f"{ISO} %H:%M:%S", *formats])
            return f"cast(try_strptime({cell}, [{listed}]) as date)"
        case "time":
            listed = ", ".join(literal(one + time) for one in [ISO, *formats] for time in _TIMES)
            return f"coalesce(try_strptime({cell}, [{listed}]), cast(try_cast({cell} as timestamptz) as timestamp))"
        case "boolean":
            return f"case when lower({cell}) in {_YES} then true when lower({cell}) in {_NO} then false end"
        case "money" | "number" | "integer":
            return _number(cell, SQL_TYPES[kind], numbers)
        case _:
            return cell


def written(number: float, numbers: "Numbers") -> str:
    """A number as a file of that style writes it."""
    digits = format(abs(Decimal(str(number))), "f").replace(".", numbers.decimal)
    below = {"trailing_minus": f"{digits}-", "parentheses": f"({digits})"}
    return digits if number >= 0 else below.get(next(iter(numbers.negative), "minus"), f"-{digits}")


def _number(cell: str, sql_type: str, numbers: "Numbers") -> str:
    """SQL of a number; what isn't written as declared, digit by digit, is NULL and never guessed."""
    if numbers.symbols == "strip":
        cell = f"regexp_replace({cell}, '{_SPACES}*([A-Z]{{3}}|[$€£¥₹]){_SPACES}*', '', 'g')"
    point, group = (
        re.escape(numbers.decimal),
        "[ \u00a0\u202f]" if numbers.thousands == " " else re.escape(numbers.thousands),
    )
    digits = f"[0-9]{{1,3}}({group}[0-9]{{3}})+|[0-9]+" if numbers.thousands else "[0-9]+"
    plain = f"({digits})({point}[0-9]*)?|{point}[0-9]+"
    ways = {
        "minus": f"-{_SPACES}*({plain})",
        "trailing_minus": f"({plain}){_SPACES}*-",
        "parentheses": f"\\(({plain})\\)",
    }
    below = "|".join(f"({ways[one]})" for one in numbers.negative)
    cleaned = f"replace(regexp_replace({cell}, '[^0-9{point}]', '', 'g'), {literal(numbers.decimal)}, '.')"
    return (
        f"case when regexp_full_match({cell}, {literal(plain)}) then try_cast({cleaned} as {sql_type}) "
        f"when regexp_full_match({cell}, {literal(below)}) then -try_cast({cleaned} as {sql_type}) end"
    )
