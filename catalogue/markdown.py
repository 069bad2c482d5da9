"""The format of Markdown and numbers in the pages. Not here: the content of a page."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

GENERATED = "<!-- Written by `make docs` from {sources}. Edit those, then run it again. -->"


def page(title: str, sources: str, *parts: str) -> str:
    """Return a page: a note about its source, its title, its parts."""
    return "\n\n".join((GENERATED.format(sources=sources), f"# {title}", *(part for part in parts if part))) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; bars and line breaks in cells, which would end the cell, are replaced."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def code(names: Iterable[str]) -> str:
    """Names as code, with commas between."""
    return ", ".join(f"`{name}`" for name in names)


def number(figure: Decimal | float | int) -> str:
    """Return a number for people: with thousands separators, fewer decimals for larger numbers, no needless zeros."""
    if isinstance(figure, int):
        return f"{figure:,}"
    decimals = 2 if abs(figure) >= 100 else 4 if abs(figure) >= 1 else 6
    written = f"{figure:,.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if written in {"-0", ""} else written
