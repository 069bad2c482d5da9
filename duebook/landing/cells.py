"""The SQL that checks cells: strict casts, and the reason for every cell that can't be used.

Here: functions that return SQL text. Not here: any connection or file. A cell is read as text; the text of column ``c``
is called ``"c as landed"`` and its typed value ``"c"``, so that the contract's row rules can be used unchanged.
"""

import re
from collections.abc import Iterable

from duebook.contract import Column, Table
from duebook.reference import Codes
from duebook.sql_text import identifier, literal, trimmed

_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_OFFSET = "(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"
_MIDNIGHT = "([T ]00:00(:00([.]0+)?)?(Z|[+]00(:?00)?)?)"
_TIME = f"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{{1,9}})?)?{_OFFSET}?)"
_NUMBER = "-?([0-9]+[.]?[0-9]*|[.][0-9]+)"
# Other formats in which numbers and dates are often written: the message then names the format.
_DECIMAL_COMMA = "-?([0-9]+|[0-9]{1,3}([. '\u00a0\u202f][0-9]{3})+),[0-9]*"
_THOUSANDS = "-?[0-9]{1,3}([, '\u00a0\u202f][0-9]{3})+([.][0-9]*)?"
_DAY_FIRST = "[0-9]{1,2}([./-])[0-9]{1,2}[./-]([0-9]{4}|[0-9]{2})([ T].*)?"
_FIRST_YEAR = "0001-01-01"
# Years are written with four digits.
_LAST_YEAR = 9999
_NO_SUCH_DAY = "Expected a day of the calendar: there is no such day."


def landed(column: Column) -> str:
    """Return the identifier of a column's text."""
    return identifier(f"{column.name} as landed")


def text(column: Column, cell: str) -> str:
    """Return SQL for a cell's text: empty is NULL; white space around values that aren't text is removed."""
    return f"nullif({cell}, '')" if column.kind == "string" else f"nullif({trimmed(cell)}, '')"


def typed(column: Column) -> str:
    """Return SQL for a cell's value in the contract's type; NULL if the text is not exactly of that type."""
    cell = landed(column)
    match column.kind:
        case "string":
            return cell
        case "boolean":
            return f"case lower({cell}) when 'true' then true when 'false' then false end"
        case "date":
            value = f"try_cast(left({cell}, 10) as date)"
            return _when_written_as(cell, f"{_DATE}{_MIDNIGHT}?", _in_our_era(value, "date"))
        case "timestamp":
            # Seconds may be left out in ISO 8601, but not in DuckDB. Its plain TIMESTAMP cast would drop the offset.
            seconds = rf"regexp_replace({cell}, '^(.{{16}})([Z+-].*)?$', '\1:00\2')"
            value = f"try_cast(try_cast({seconds} as timestamptz) as timestamp)"
            return _when_written_as(cell, f"{_DATE}{_TIME}?", _in_our_era(value, "timestamp"))
        case "decimal":
            return _when_written_as(cell, _at_most_decimals(column), f"try_cast({cell} as {column.sql_type})")
        case _:
            return _when_written_as(cell, "-?[0-9]+", f"try_cast({cell} as {column.sql_type})")


def in_range(column: Column, value: str) -> str:
    """Return SQL for a value already in the contract's type or a narrower one; NULL if its text would be refused."""
    if column.kind not in ("date", "timestamp"):
        return f"try_cast({value} as {column.sql_type})"
    return f"case when year({value}) between 1 and {_LAST_YEAR} then {value} end"


def reason(table: Table, column: Column, currencies: Codes) -> str:
    """Return SQL for the reason why this column makes a row unusable: a sentence, or NULL if the column is good.

    A tombstone needs only its key; if it has other values, they must be of their type.

    Args:
        table: the row's table.
        column: the column.
        currencies: the codes of currencies there are.
    """
    cell, value, tombstone = landed(column), identifier(column.name), _tombstone(table)
    cases: list[str] = []
    if column.name in table.key:
        cases.append(f"when {_is_missing(column)} then 'Expected a value: the column is part of the key.'")
    elif column.required:
        cases.append(f"when {_is_missing(column)} and not {tombstone} then 'Expected a value: the column is required.'")
    cases.append(f"when {cell} is not null and {value} is null then {_cast_reason(column)}")
    cases.append(f"when {tombstone} then null")
    if column.values:
        words = f"Expected one of {', '.join(column.values)}."
        cases.append(f"when {_is_none_of(value, column.values)} then {literal(words)}")
    if column.currency:
        words = f"Expected a currency code of ISO 4217 in capitals, such as EUR ({currencies.file})."
        cases.append(f"when {_is_none_of(value, sorted(currencies.values))} then {literal(words)}")
    for bound, operator, words in (
        (column.greater_than, "<=", "greater than"),
        (column.at_least, "<", "of at least"),
        (column.at_most, ">", "of at most"),
    ):
        if bound is not None:
            cases.append(f"when {value} {operator} {bound} then {literal(f'Expected a number {words} {bound}.')}")
    for rule in table.row_rules:
        if rule.column == column.name:
            cases.append(f"when not ({rule.holds}) then {literal(f'Expected that {rule.reason}.')}")
    return f"case {' '.join(cases)} end"


def _is_none_of(value: str, words: Iterable[str]) -> str:
    """Return SQL without IN: for more than a few words DuckDB joins, and then rows are no longer in file order."""
    return f"not regexp_full_match({value}, {literal('|'.join(map(re.escape, words)))})"


def _is_missing(column: Column) -> str:
    cell = landed(column)
    return f"({cell} is null or {trimmed(cell)} = '')" if column.kind == "string" else f"{cell} is null"


def _tombstone(table: Table) -> str:
    has_flag = any(column.name == "is_deleted" for column in table.landed_columns)
    return 'coalesce("is_deleted", false)' if has_flag else "false"


def _when_written_as(cell: str, pattern: str, value: str) -> str:
    return f"case when regexp_full_match({cell}, {literal(pattern)}) then {value} end"


def _in_our_era(value: str, sql_type: str) -> str:
    return f"case when {value} >= {sql_type} {literal(_FIRST_YEAR)} then {value} end"


def _at_most_decimals(column: Column) -> str:
    _, scale = column.size
    digits = f"[0-9]{{0,{scale}}}0*"
    return f"-?([0-9]+([.]{digits})?|[.]{digits})"


def _cast_reason(column: Column) -> str:
    """Return SQL for the sentence about a text that is not of the column's type."""
    cell = landed(column)
    match column.kind:
        case "boolean":
            return "'Expected true or false.'"
        case "date":
            return _day_reason(cell, f"{_DATE}{_MIDNIGHT}?", "Expected a date written YYYY-MM-DD.")
        case "timestamp":
            words = "Expected a time written YYYY-MM-DDThh:mm:ss, in UTC or with its offset."
            return _day_reason(cell, f"{_DATE}{_TIME}?", words)
        case "decimal":
            precision, scale = column.size
            plain = "Expected a plain number such as 1234.56, without thousands separators."
            return (
                f"case when regexp_full_match({cell}, {literal(_NUMBER)}) "
                f"then case when regexp_full_match({cell}, {literal(_at_most_decimals(column))}) "
                f"then 'Expected at most {precision - scale} digits before the decimal point.' "
                f"else 'Expected at most {scale} decimals.' end "
                f"when regexp_full_match({cell}, {literal(_THOUSANDS)}) "
                f"then {literal(f'{plain} This one has thousands separators, or a decimal comma.')} "
                f"when regexp_full_match({cell}, {literal(_DECIMAL_COMMA)}) "
                f"then {literal(f'{plain} This one has a decimal comma.')} "
                f"else {literal(plain)} end"
            )
        case "integer":
            return "'Expected a whole number between -2147483648 and 2147483647.'"
        case _:
            return "'Expected a whole number.'"


def _day_reason(cell: str, pattern: str, words: str) -> str:
    """Return SQL for the reason why a text isn't a day: no such day, the year comes last, or another format."""
    return (
        f"case when regexp_full_match({cell}, {literal(pattern)}) then {literal(_NO_SUCH_DAY)} "
        f"when regexp_full_match({cell}, {literal(_DAY_FIRST)}) then {literal(f'{words} This one has the year last.')} "
        f"else {literal(words)} end"
    )
