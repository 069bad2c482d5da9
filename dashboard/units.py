"""How figures are written: each unit's digits and signs, and numbers, days and times as text on pages without scripts.

Here: the units for both kinds of pages. Not here: the same writing in a browser (static/format.js).
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from duebook.publication.reader import Published

NO_VALUE = "n/a"
MINUS, EVEN, NARROW = "\N{MINUS SIGN}", "\N{PLUS-MINUS SIGN}", "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Unit:
    """How a figure of a unit is written: its factor, its digits, and what stands behind it and behind a difference."""

    factor: int
    digits: int
    suffix: str
    change: str


def read_units(published: Published, currency: str | None) -> dict[str, Unit]:
    """Return the units of the publication's KPIs, by their names in the registry."""
    money = f" {currency}" if currency else ""
    units = {
        "fraction": Unit(100, 1, " %", " points"),
        "percent": Unit(1, 1, " %", " points"),
        "days": Unit(1, 1, " days", " days"),
        "index": Unit(1, 3, "", ""),
        "reporting currency": Unit(1, 0, money, money),
    }
    for (name,) in published.rows("select distinct unit from {marts}.dim_kpis order by unit"):
        units.setdefault(name, Unit(1, 3 if name.startswith("promises") else 1, f" {name}", ""))
    return units


def as_json(units: dict[str, Unit]) -> dict[str, dict]:
    """Return the units in the form the scripts read."""
    return {name: asdict(unit) for name, unit in units.items()}


def number(value: float, digits: int = 0) -> str:
    """Write a number: `1,234.5`; zero has no sign."""
    text = f"{abs(value):,.{digits}f}"
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def value(amount: float | None, unit: Unit) -> str:
    """Write a figure in its unit."""
    if amount is None:
        return NO_VALUE
    return number(amount * unit.factor, unit.digits) + unit.suffix.replace(" ", NARROW, 1)


def change(amount: float | None, unit: Unit) -> str:
    """Write a difference with its sign; of shares in points."""
    if amount is None:
        return NO_VALUE
    text = number(abs(amount * unit.factor), unit.digits)
    sign = EVEN if not text.strip("0.,") else "+" if amount > 0 else MINUS
    return sign + text + unit.change.replace(" ", NARROW, 1)


def is_nothing(amount: float, unit: Unit) -> bool:
    """Whether a difference is nought in the digits that are shown."""
    return change(amount, unit).startswith(EVEN)


def day(moment: date) -> str:
    """Write a day: `30 June 2026`."""
    return f"{moment:%-d %B %Y}"


def time(moment: datetime) -> str:
    """Write a time, which is UTC."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def words(code: str | None) -> str:
    """Write a code in words."""
    return (code or "").replace("_", " ")


def plural(amount: int, one: str, many: str) -> str:
    """Write a number with what it counts."""
    return f"{amount:,}{NARROW}{one if amount == 1 else many}"
