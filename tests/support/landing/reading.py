"""What a landed value means by Python's own readers, for which the contract's types are strict.

Here: cells of text, and values that are typed already. Not here: which files hold them (files.py, fuzzing.py).
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

import numpy as np
import pyarrow as pa

# What the column `tax_amount` holds: decimal(18, 4).
SMALLEST, DIGITS = Decimal("0.0001"), 14


def as_text(cell):
    return cell or None


def as_day(cell):
    cell = cell.strip(" \t\n")
    if cell and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise ValueError(cell)
    return date.fromisoformat(cell) if cell else None


def as_money(cell):
    cell = cell.strip(" \t\n")
    if not cell:
        return None
    try:
        number = Decimal(cell)
    except InvalidOperation as error:
        raise ValueError(cell) from error
    exact = number == round(number, 4) and abs(number) < 10**14
    if "e" in cell.lower() or cell.startswith("+") or not number.is_finite() or not exact:
        raise ValueError(cell)
    return number


def as_flag(cell):
    cell = cell.strip(" \t\n").lower()
    if cell not in ("", "true", "false"):
        raise ValueError(cell)
    return {"": None, "true": True, "false": False}[cell]


def fits(number):
    """Whether a decimal can stand in the column `tax_amount` as it is."""
    return number == 0 or (
        number.is_finite() and -4 <= number.adjusted() < DIGITS and number == number.quantize(SMALLEST)
    )


def truth(value, kind, column):
    """What a value means in a column of the contract, by its own reader; LookupError when it can't stand there."""
    if value is None:
        return None
    if isinstance(value, float):
        # The digits of its own shortest text; a float of 32 bits has a shorter one.
        value = Decimal(str(np.float32(value)) if pa.types.is_float32(kind) else repr(value))
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    match column:
        case "tax_amount" if isinstance(value, int | Decimal) and not isinstance(value, bool):
            number = Decimal(value)
            if fits(number):
                return number
        case "due_date" if isinstance(value, datetime):
            if value == datetime(value.year, value.month, value.day):
                return value.date()
        case "due_date" if isinstance(value, date):
            return value
        case "updated_at" if isinstance(value, datetime):
            return value
        case "updated_at" if isinstance(value, date):
            return datetime(value.year, value.month, value.day)
        case "is_credit_sale" if isinstance(value, bool):
            return value
    raise LookupError(value)
