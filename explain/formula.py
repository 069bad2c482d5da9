"""A KPI's formula with its numbers put in.

Here: putting a mart's numbers where the formula names its columns, and SQL of its sides. Not here: the formulas
(dim_kpis has them).
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from explain.question import Kpi

NAME = re.compile(r"[a-z][a-z0-9_]*")
ONE = "1"


def formula_in_names(kpi: Kpi) -> str:
    """Write the formula in the names of the mart's columns: `receivables x days / net_credit_sales`."""
    return _written(kpi, lambda name: name)


def formula_in_numbers(kpi: Kpi, columns: Mapping[str, object]) -> str:
    """Write the formula with a row's numbers in place of its columns: `400.00 x 31 / 380.00`.

    Args:
        kpi: the KPI.
        columns: a row of the KPI's mart by column.
    """
    return _written(kpi, lambda name: _number(columns[name]))


def sums_in_numbers(kpi: Kpi, columns: Mapping[str, object]) -> list[str]:
    """Write down the formula's columns that are sums: `collected = opening + sales - closing = 200.00 + 50.00 - 90.00`.

    Args:
        kpi: the KPI.
        columns: a row of the KPI's mart by column.
    """
    sides = [(kpi.numerator_columns, kpi.numerator_sum), (kpi.denominator_columns, kpi.denominator_sum)]
    return [
        f"{name} = {parts} = {_put_in(parts, lambda part: _number(columns[part]))}"
        for name, parts in sides
        if parts is not None
    ]


def as_double(side: str) -> str:
    """Write SQL of one side of a formula that may be as large as money times days: DuckDB multiplies in 38 digits then.

    Args:
        side: as dim_kpis has it.
    """
    return f"(1::decimal(20, 0) * {side})::double"


def _written(kpi: Kpi, word: Callable[[str], str]) -> str:
    numerator, denominator = (_put_in(side, word) for side in (kpi.numerator_columns, kpi.denominator_columns))
    parts = [] if kpi.scale == 1 else [f"{kpi.scale} x"]
    parts.append(f"({numerator})" if len(parts) and _is_sum(kpi.numerator_columns) else numerator)
    if kpi.denominator_columns != ONE:
        parts += ["/", f"({denominator})" if _is_sum(kpi.denominator_columns) else denominator]
    return " ".join(parts)


def _put_in(side: str, word: Callable[[str], str]) -> str:
    return NAME.sub(lambda found: word(found[0]), side).replace(" * ", " x ")


def _is_sum(side: str) -> bool:
    return re.search(r" [+-] ", re.sub(r"\([^)]*\)", "", side)) is not None


def _number(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
