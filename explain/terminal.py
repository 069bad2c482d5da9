"""An explanation as a person reads it in a terminal.

Here: layout and words. Not here: any figure (answer.py).
"""

from collections.abc import Iterable, Sequence
from math import fsum

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from duebook.publication.causes import CAUSES
from explain.answer import Explanation
from explain.customers import Customer
from explain.invoices import OpenItem
from explain.one_customer import LEVEL
from explain.one_value import value_of
from explain.restatements import Restatement

NO_VALUE = "n/a"
# What adding floating-point numbers leaves of nothing.
NEGLIGIBLE = 1e-9
NO_PARTS = "Customers are only stored for the KPIs of receivables, collections, delinquency and accounts per employee."
NO_CAUSES = "The causes of changes are stored for levels, not for one customer or one value of a dimension."
NO_ITEMS = "This KPI counts accounts, not open items."


def print_explanation(console: Console, explanation: Explanation, top: int, customer_id: str | None) -> None:
    """Print an explanation.

    Args:
        console: where to.
        explanation: what to print.
        top: how many customers and open items are listed; the others are summed up.
        customer_id: the customer whose open items are listed; None: everybody's.
    """
    month, unit = explanation.month_end, explanation.unit
    running = "" if explanation.is_complete else " (still running)"
    say = Printer(console)
    say(f"{explanation.kpi_name}, {explanation.level}, {month:%B %Y}{running}: {_value(explanation)}", style="bold")
    say()
    say(f"  {explanation.formula}")
    if explanation.formula_in_names != explanation.kpi_id:
        say(f"  = {explanation.formula_in_names}")
    say(f"  = {explanation.formula_in_numbers} = {_value(explanation)}")
    for line in explanation.sums_in_numbers:
        say(f"    {line}")
    say()
    if explanation.customers is None:
        say(NO_PARTS)
    else:
        console.print(_customer_table(explanation.customers, top, unit))
        if explanation.open_items is None:
            say(NO_ITEMS)
        else:
            console.print(_item_table(explanation.open_items, top, unit, customer_id))
    _print_change(console, explanation)
    if explanation.restatement:
        _print_restatement(console, explanation.restatement, explanation)


class Printer:
    """Prints lines without markup: ids and formulas are printed unchanged."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, line: str = "", style: str | None = None) -> None:
        """Print one line."""
        self._console.print(line, style=style, markup=False, soft_wrap=True)


def in_unit(number: float | None, unit: str, *, signed: bool = False) -> str:
    """Write a number of the KPI's unit; fractions in percent."""
    if number is None:
        return NO_VALUE
    shown, suffix = (number * 100, " %") if unit == "fraction" else (number, " %" if unit == "percent" else "")
    shown = round(shown, 2) + 0.0
    return f"{shown:{'+' if signed and shown else ''},.2f}{suffix}"


def _value(explanation: Explanation) -> str:
    if explanation.value is None:
        return f"null ({explanation.reason})"
    plain = in_unit(explanation.value, explanation.unit)
    named = (
        plain if plain.endswith("%") or explanation.unit in ("fraction", "percent") else f"{plain} {explanation.unit}"
    )
    return f"{named} ({explanation.reason})" if explanation.reason else named


def new_table(title: str, columns: Iterable[str], numbers: int) -> Table:
    """Return a table without rows; its last columns, so many as `numbers` says, hold numbers."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), min_width=len(title) + 2)
    names = list(columns)
    for place, name in enumerate(names):
        is_number = place >= len(names) - numbers
        table.add_column(name, justify="right" if is_number else "left", no_wrap=is_number)
    return table


def _customer_table(customers: Sequence[Customer], top: int, unit: str) -> Table:
    table = new_table("Customers in it", ["Customer", "", "Numerator", "Contribution", "Month before", "Change"], 4)
    named, others = customers[:top], customers[top:]
    for one in named:
        table.add_row(one.customer_id, one.customer_name or "", *_customer_numbers([one], unit))
    if others:
        table.add_row(f"{len(others):,} others", "", *_customer_numbers(others, unit))
    table.add_section()
    table.add_row("Together", "", *_customer_numbers(customers, unit), style="bold")
    return table


def _customer_numbers(customers: Sequence[Customer], unit: str) -> list[str]:
    now, before = _sum(one.contribution for one in customers), _sum(one.previous_contribution for one in customers)
    change = None if now is None or before is None else now - before
    numerator = fsum(one.numerator for one in customers)
    return [f"{numerator:,.2f}", in_unit(now, unit), in_unit(before, unit), in_unit(change, unit, signed=True)]


def _item_table(items: Sequence[OpenItem], top: int, unit: str, customer_id: str | None) -> Table:
    title = f"The open items of {customer_id} in it" if customer_id else "The open items in it"
    table = new_table(title, ["Item", "", "Customer", "Due", "", "Balance", "Numerator", "Contribution"], 3)
    named, others = items[:top], items[top:]
    for one in named:
        due = f"{one.due_date}" if one.due_date else ""
        kind = one.item_type.replace("_", " ")
        balance = f"{one.balance:,.2f}"
        table.add_row(one.item_id, kind, one.customer_id, due, one.currency_code, balance, *_item_numbers([one], unit))
    if others:
        table.add_row(f"{len(others):,} others", *[""] * 5, *_item_numbers(others, unit))
    table.add_section()
    table.add_row("Together", *[""] * 5, *_item_numbers(items, unit), style="bold")
    return table


def _item_numbers(items: Sequence[OpenItem], unit: str) -> list[str]:
    return [f"{fsum(one.numerator for one in items):,.2f}", in_unit(_sum(one.contribution for one in items), unit)]


def _print_change(console: Console, explanation: Explanation) -> None:
    change, say = explanation.change, Printer(console)
    if change is None:
        level = explanation.level.partition(":")[0]
        of_one = level == LEVEL or value_of(level, explanation.level)[0]
        say(NO_CAUSES if of_one else "The causes of changes are stored for the same KPIs.")
    elif change.reason:
        say(f"There are no causes of the change since the month before: {change.reason}.")
    else:
        table = new_table("Why it changed since the month before", ["", "Effect"], 1)
        table.add_row("the month before", in_unit(change.previous_value, explanation.unit))
        for cause, effect in change.causes.items():
            if abs(effect) > NEGLIGIBLE:
                table.add_row(CAUSES[cause], in_unit(effect, explanation.unit, signed=True))
        table.add_section()
        table.add_row("this month", in_unit(explanation.value, explanation.unit), style="bold")
        console.print(table)


def _print_restatement(console: Console, restatement: Restatement, explanation: Explanation) -> None:
    unit = explanation.unit
    table = new_table("What was reported", ["", "Numerator", "Denominator", "Value"], 3)
    table.add_row(f"frozen on {restatement.frozen_at:%Y-%m-%d}", "", "", in_unit(restatement.reported_value, unit))
    for one in restatement.causes:
        parts = [_difference(part) for part in (one.numerator_difference, one.denominator_difference)]
        table.add_row(one.kind.replace("_", " "), *parts, "")
    table.add_section()
    now = [in_unit(explanation.value, unit), in_unit(restatement.difference, unit, signed=True)]
    table.add_row("today", "", "", f"{now[0]} ({now[1]})", style="bold")
    console.print(table)
    Printer(console)(f"Restated by {restatement.cause}.")


def _difference(part: float) -> str:
    """Write what a cause added; nothing where it added nothing."""
    if part == 0:
        return ""
    return f"{part:+,.2f}" if abs(part) >= 0.005 else f"{part:+.2g}"


def _sum(numbers: Iterable[float | None]) -> float | None:
    listed = list(numbers)
    return None if any(number is None for number in listed) else fsum(listed)
